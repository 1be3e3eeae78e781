package vmlan.qemu;

/// A network card of a VM and what it leads to.
///
/// @param id QEMU's identifier of the backend: net0, net1 …; the device is `nic-` and this
/// @param macAddress as 52:54:00:12:34:56
/// @param mtu what the guest is told to use (virtio's feature VIRTIO_NET_F_MTU) where it is not Ethernet's
public record Nic(String id, String macAddress, NicBackend backend, int mtu) {
    public static final int ETHERNET_MTU = 1500;

    /// The device's identifier, for `set_link`.
    public static String device(String id) {
        return "nic-" + id;
    }
}
