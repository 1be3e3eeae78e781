package vmlan.network.dns;

import java.util.List;
import java.util.Objects;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;
import vmlan.packet.IpAddress;

/// DNS for one domain and nothing else: what a resolver of the host asks that sends us the names below
/// it. Every other question is refused (RFC 8499, "authoritative server"; RFC 1035 §4.1.1), so that a
/// resolver that asks us by mistake goes on to the next server at once.
///
/// Knows no network: the names are whose they are. Any thread.
public final class DomainServer {
    private final String domain;
    private final String suffix;
    private final LocalNames names;
    private final LocalAnswers answers;

    /// @param domain in lower case, without the final dot
    /// @param names without the domain
    public DomainServer(String domain, LocalNames names) {
        this.domain = domain;
        this.suffix = "." + domain;
        this.names = names;
        this.answers = new LocalAnswers(domain, false);
    }

    /// The answer to a message in wire form.
    ///
    /// @return null for what is no question
    public byte[] answer(byte[] message, boolean overTcp) {
        Query query = Query.of(message);
        if (query == null) {
            return null;
        }
        if (query.problem() != Rcode.NOERROR) {
            return query.refusal(query.problem(), false);
        }
        byte[] known = query.dnsClass() == DClass.IN || query.dnsClass() == DClass.ANY ? known(query, overTcp) : null;
        return known == null ? query.refusal(Rcode.REFUSED, false) : known;
    }

    private byte[] known(Query query, boolean overTcp) {
        String name = query.text();
        if (name.equals(domain)) {
            return answers.apex(query, overTcp);
        }
        if (name.endsWith(suffix)) {
            List<IpAddress> addresses = names.addressesOf(name.substring(0, name.length() - suffix.length()));
            return addresses == null
                    ? answers.noName(query, overTcp, domain)
                    : answers.addresses(query, overTcp, addresses, domain);
        }
        ReverseName reverse = ReverseName.of(name);
        IpAddress address = reverse == null ? null : reverse.address();
        if (address == null || (query.type() != Type.PTR && query.type() != Type.ANY)) {
            return null;
        }
        List<Name> pointers = names.namesOf(address).stream()
                .map(guest -> LocalAnswers.name(guest + suffix))
                .filter(Objects::nonNull)
                .toList();
        return pointers.isEmpty() ? null : answers.pointers(query, overTcp, pointers, null);
    }
}
