package vmlan.program.serve;

import java.util.List;
import java.util.SplittableRandom;
import vmlan.program.config.NetworkName;
import vmlan.program.config.UplinkChoice;
import vmlan.program.message.Failure;

/// Settings as a network has them that nobody has said anything of.
final class TestSettings {
    private TestSettings() {}

    static NetworkSettings of(String builtIn) throws Failure {
        NetworkName name = NetworkName.of(builtIn);
        Subnet subnet = name.mode().hasGateway() ? Subnet.choose(List.of(), new SplittableRandom(1)) : null;
        return new NetworkSettings(name, subnet, UplinkChoice.NONE, List.of(), List.of());
    }
}
