package vmlan.qemu.language.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import vmlan.qemu.language.CNumber;
import vmlan.qemu.language.Finding;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.Surroundings;

/// A backend that is being made: what its option says, where it is made, and what was said of it so far.
final class Making {
    private final NetworkOption option;
    private final Moment moment;
    private final List<Finding> findings = new ArrayList<>();
    /// By this one, until it is made.
    private final Taken own = new Taken();

    Making(NetworkOption option, Moment moment) {
        this.option = option;
        this.moment = moment;
    }

    NetworkOption option() {
        return option;
    }

    Moment moment() {
        return moment;
    }

    Surroundings surroundings() {
        return moment.surroundings();
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    /// The value that counts; null where the key is absent.
    String value(String key) {
        return option.settings().value(key).orElse(null);
    }

    boolean has(String key) {
        return option.settings().has(key);
    }

    boolean hasAny(String... keys) {
        for (String key : keys) {
            if (has(key)) {
                return true;
            }
        }
        return false;
    }

    /// A flag that is there and on (qapi/qobject-input-visitor.c, qapi/opts-visitor.c).
    boolean isOn(String key) {
        return flag(key).orElse(false);
    }

    /// Empty: the flag is not there.
    Optional<Boolean> flag(String key) {
        return option.settings().flag(key);
    }

    /// A whole number whose form was checked when the option was parsed.
    long number(String key, long usual) {
        String value = value(key);
        return value == null
                ? usual
                : CNumber.parse(value, 0).map(CNumber::value).orElse(usual);
    }

    /// All values of a key that may be there more than once, however the option was written.
    List<String> values(String key) {
        return option.settings().list(key);
    }

    /// Why a socket cannot be bound.
    ///
    /// @param words the system's
    record Unbound(String words, String remedy) {}

    /// Binds a socket.
    ///
    /// @return why it cannot; empty: it is bound
    Optional<Unbound> bind(Surroundings.Transport transport, HostPort at) {
        BoundPort wanted = new BoundPort(transport, at);
        if (own.excludes(wanted) || moment.taken().excludes(wanted)) {
            String remedy = "the line has port " + at.usedPort() + " twice: use another one here, or there";
            return Optional.of(new Unbound("Address already in use", remedy));
        }
        Optional<Unbound> why = surroundings()
                .whyNotBind(transport, at.host(), at.usedPort())
                .map(words -> new Unbound(words, Remedies.ofBind(words, transport, at, surroundings())));
        if (why.isEmpty()) {
            own.bind(wanted);
        }
        return why;
    }

    /// That the backend is there.
    void end() {
        moment.taken().add(own);
    }

    /// Gives something of this QEMU a name.
    ///
    /// @return false: there is one of that name
    boolean name(String name) {
        return !moment.taken().has(name) && own.name(name);
    }

    /// QEMU says it and goes on.
    void warn(String text) {
        findings.add(new Finding(Finding.Severity.WARNING, text, remedy(text), option.at()));
    }

    /// QEMU says nothing, and it will not work.
    void silent(String text, String remedy) {
        findings.add(new Finding(Finding.Severity.SILENT, text, remedy, option.at()));
    }

    /// QEMU says it and does not start.
    void refuse(Refused refused) {
        String text = refused.getMessage();
        String remedy = refused.remedy() == null ? remedy(text) : refused.remedy();
        findings.add(new Finding(Finding.Severity.ERROR, text, remedy, option.at()));
    }

    private String remedy(String text) {
        return Remedies.of(text, option, moment.dialect(), moment.surroundings());
    }
}
