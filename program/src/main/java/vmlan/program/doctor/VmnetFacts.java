package vmlan.program.doctor;

import java.util.List;
import java.util.Set;
import vmlan.host.macos.VmnetFeature;

/// What vmnet.framework says of itself once it is open.
///
/// @param nics that can be bridged
record VmnetFacts(Set<VmnetFeature> features, List<String> nics) {
    VmnetFacts {
        features = Set.copyOf(features);
        nics = List.copyOf(nics);
    }
}
