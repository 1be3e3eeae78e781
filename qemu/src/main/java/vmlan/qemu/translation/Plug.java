package vmlan.qemu.translation;

import java.nio.file.Path;

/// Where a NIC is plugged in, known when its network runs.
///
/// @param mac the guest's
/// @param socket of its port of the network
/// @param mtu of the network
public record Plug(String mac, Path socket, int mtu) {}
