package vmlan.program.serve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import vmlan.host.HostRoutes;
import vmlan.packet.Ipv4Prefix;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.NetworkName;
import vmlan.program.config.NetworksFile;
import vmlan.program.config.UplinkChoice;
import vmlan.program.files.FileLock;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// The settings that a network starts with: what networks.yaml says, then what it had before, and what nobody has said
/// is chosen, once.
public final class SettingsChoice {
    private final Places places;
    private final String name;
    private final NetworksFile file;
    private final Consumer<String> report;

    /// @param report takes a line for whoever starts the network
    public SettingsChoice(Places places, String name, Consumer<String> report) {
        this.places = places;
        this.name = name;
        this.file = new NetworksFile(places);
        this.report = report;
    }

    /// They are on disk afterwards.
    ///
    /// @param choice by a command; what it does not say stays as it is set
    public NetworkSettings make(UplinkChoice choice, RandomGenerator random) throws Failure, IOException {
        NetworksFile.Content content = file.read();
        NetworkName builtIn = NetworkName.builtIn(name).orElse(null);
        NetworkSettings known = NetworkSettings.read(places, name, report).orElse(null);
        if (isUnclear(content, name)) {
            if (known == null) {
                throw file.failure(content);
            }
            report.accept(file.warning(content) + ": the network goes on with what it had");
        }
        NetworkBlock block = block(content, name, known);
        if (block == null && builtIn == null) {
            return gone(known);
        }
        NetworkName networkName = block == null ? builtIn : block.name();
        check(choice, block);
        return choose(networkName, known, block, content, choice, random);
    }

    /// For a network that a command line defines, in place of what was known of it. On disk afterwards.
    void define(NetworkBlock block, RandomGenerator random) throws Failure, IOException {
        choose(block.name(), null, block, file.read(), UplinkChoice.NONE, random);
    }

    private static boolean isUnclear(NetworksFile.Content content, String name) {
        return content.isUnclear(name)
                || (!content.problems().isEmpty() && NetworkName.builtIn(name).isEmpty());
    }

    /// What is said of a network that starts now: by networks.yaml, or, where that is unclear, what was said before.
    ///
    /// @param known null for one that never ran
    /// @return null for nothing
    static NetworkBlock block(NetworksFile.Content content, String name, NetworkSettings known) {
        if (isUnclear(content, name)) {
            return known == null ? null : known.block();
        }
        return content.block(name).orElse(definition(known));
    }

    /// How it reaches its uplink then.
    static UplinkChoice uplink(UplinkChoice choice, NetworkBlock block, NetworkSettings known) {
        return choice.or(block == null ? UplinkChoice.NONE : block.uplink())
                .or(known == null ? UplinkChoice.NONE : known.uplink());
    }

    /// What a command line has said, as long as networks.yaml has no word of a network called so.
    private static NetworkBlock definition(NetworkSettings known) {
        return known != null && known.isDefined() ? known.block() : null;
    }

    private NetworkSettings choose(
            NetworkName networkName,
            NetworkSettings known,
            NetworkBlock block,
            NetworksFile.Content content,
            UplinkChoice choice,
            RandomGenerator random)
            throws Failure, IOException {
        // One at a time: two networks that choose at once would choose the same.
        try (FileLock lock = FileLock.take(places.state("networks").resolve(".lock"))) {
            NetworkSettings settings = new NetworkSettings(
                    networkName,
                    networkName.mode().hasGateway() ? subnet(known, block, content, random) : null,
                    uplink(choice, block, known),
                    known == null ? List.of() : known.ownHostPorts(),
                    known == null ? List.of() : known.ownNames(),
                    block);
            return settings.equals(known) ? settings : settings.written(places);
        }
    }

    private NetworkSettings gone(NetworkSettings known) throws Failure {
        throw Failure.usage(
                "there is no network '" + name + "'" + (known == null ? "" : " any more in " + file.path()),
                "write it there, or: vmlan network create " + name
                        + (known == null ? "" : "; to forget what it had: vmlan network rm " + name));
    }

    /// Where networks.yaml says it, a command cannot say otherwise.
    private void check(UplinkChoice choice, NetworkBlock block) throws Failure {
        UplinkChoice said = block == null ? UplinkChoice.NONE : block.uplink();
        if (said.translation() != null && choice.translation() != null && choice.translation() != said.translation()) {
            throw contradiction(block, "mac-nat", said.translation().key());
        }
        if (said.via() != null && choice.via() != null && choice.via() != said.via()) {
            throw contradiction(block, "via", said.via().key());
        }
    }

    private Failure contradiction(NetworkBlock block, String setting, String value) {
        return Failure.usage(
                NetworksFile.NAME + ":" + block.line() + " says " + setting + ": " + value + " of the network " + name,
                "leave " + setting + " away, or change it there");
    }

    private Subnet subnet(
            NetworkSettings known, NetworkBlock block, NetworksFile.Content content, RandomGenerator random)
            throws Failure, IOException {
        List<Ipv4Prefix> taken = new ArrayList<>(HostRoutes.ipv4());
        for (String other : Networks.known(places)) {
            if (!other.equals(name)) {
                // What a network has to itself is in nobody's way.
                Subnet its = NetworkSettings.peek(places, other)
                        .filter(settings -> !settings.mode().hasAddressesOfItsOwn())
                        .map(NetworkSettings::subnet)
                        .orElse(null);
                if (its != null) {
                    taken.add(its.ipv4());
                    checkOverlap(block, other, its, content);
                }
            }
        }
        for (NetworkBlock its : content.blocks().values()) {
            if (!its.name().text().equals(name) && its.ipv4() != null) {
                taken.add(its.ipv4());
                checkOverlap(block, its);
            }
        }
        if (known != null && known.subnet() != null) {
            return known.subnet().as(block);
        }
        boolean isSaid = block != null && block.ipv4() != null;
        return Subnet.choose(isSaid ? List.of() : taken, random).as(block);
    }

    /// Networks of the file are looked at where it is read; this is about one that chose its subnet before.
    private void checkOverlap(NetworkBlock block, String other, Subnet its, NetworksFile.Content content)
            throws Failure {
        boolean saidOfOther = content.block(other).map(NetworkBlock::ipv4).isPresent();
        if (block != null
                && block.ipv4() != null
                && !block.name().mode().hasAddressesOfItsOwn()
                && !saidOfOther
                && block.ipv4().overlaps(its.ipv4())) {
            throw Failure.usage(
                    (block.name().isDefined() ? "" : NetworksFile.NAME + ":" + block.line() + ": ") + "ipv4 "
                            + block.ipv4() + " of " + name + " overlaps " + its.ipv4() + " of the network " + other,
                    "take another one, or "
                            + OtherSubnet.cure(other, content.block(other).orElse(null)));
        }
    }

    /// A network that a command line defines is none of those that were looked at where the file is read.
    private static void checkOverlap(NetworkBlock block, NetworkBlock ofFile) throws Failure {
        if (block != null
                && block.name().isDefined()
                && block.ipv4() != null
                && !block.name().mode().hasAddressesOfItsOwn()
                && block.ipv4().overlaps(ofFile.ipv4())) {
            throw Failure.usage(
                    "ipv4 " + block.ipv4() + " of " + block.name().text() + " overlaps " + ofFile.ipv4()
                            + " of the network " + ofFile.name().text(),
                    "take another one, or choose another ipv4 for "
                            + ofFile.name().text() + " in " + NetworksFile.NAME + ":" + ofFile.line());
        }
    }

    /// Networks that the host reaches by a route of its own, and that guests could not tell from theirs.
    static List<Ipv4Prefix> overlappingRoutes(NetworkSettings settings) throws IOException {
        boolean isSaid = settings.block() != null && settings.block().ipv4() != null;
        if (!isSaid || settings.subnet() == null) {
            return List.of();
        }
        Ipv4Prefix own = settings.subnet().ipv4();
        return HostRoutes.ipv4().stream()
                .filter(route -> route.length() > 0 && route.overlaps(own))
                .distinct()
                .toList();
    }
}
