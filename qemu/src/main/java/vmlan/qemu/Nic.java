package vmlan.qemu;

import java.nio.file.Path;

/// A network card of a VM and the stream socket of its port of the network.
///
/// @param id QEMU's identifier of the backend: net0, net1 …; the device is `nic-` and this
/// @param macAddress as 52:54:00:12:34:56
public record Nic(String id, String macAddress, Path socket) {}
