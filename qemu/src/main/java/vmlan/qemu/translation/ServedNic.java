package vmlan.qemu.translation;

import java.util.List;

/// A NIC of the guest behind which a network of vmlan's is to be.
///
/// @param id of QEMU's backend
/// @param device what QEMU's `set_link` knows it by
/// @param mac as typed; null: one is to be chosen
/// @param published rules of ports of the host that lead to it, as `--publish` takes them
public record ServedNic(
        WantedNetwork network, String id, String device, String mac, boolean isolated, List<String> published) {
    public ServedNic {
        published = List.copyOf(published);
    }
}
