package vmlan.program.vm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;
import vmlan.program.message.Failure;
import vmlan.qemu.Nic;

/// A NIC of a VM that is about to start.
///
/// @param spec as wished for
/// @param mac chosen
/// @param id of the netdev
/// @param mtu of its network, when that is known
record NicPlan(NicSpec spec, MacAddress mac, String id, String port, int mtu) {

    /// Chooses MACs. A VM keeps the one that it had on a network, whichever order its NICs come in and whichever
    /// other VMs have come and gone since.
    ///
    /// @param before what is kept of that VM
    /// @param others of all other VMs, MAC by MAC
    static List<NicPlan> choose(
            String name, List<NicSpec> specs, Optional<Vm> before, Map<String, String> others, MacChooser chooser)
            throws Failure {
        return choose(name, specs, before, others, others.keySet(), chooser);
    }

    /// @param others of VMs whose MACs cannot be wished for
    /// @param avoided MACs that are not chosen
    static List<NicPlan> choose(
            String name,
            List<NicSpec> specs,
            Optional<Vm> before,
            Map<String, String> others,
            Set<String> avoided,
            MacChooser chooser)
            throws Failure {
        Set<String> wished = new HashSet<>(others.keySet());
        Set<String> taken = new HashSet<>(avoided);
        for (NicSpec spec : specs) {
            if (spec.mac() != null && !wished.add(spec.mac().toString())) {
                String owner = others.get(spec.mac().toString());
                throw owner == null
                        ? Failure.usage("two NICs are to have the MAC address " + spec.mac(), "take two, or none")
                        : Failure.usage(
                                "the MAC address " + spec.mac() + " belongs to the VM '" + owner + "'",
                                "take another mac=, or none; if that VM is not needed: vmlan rm " + owner);
            }
        }
        taken.addAll(wished);
        List<NicPlan> nics = new ArrayList<>();
        Map<String, Integer> onNetwork = new HashMap<>();
        for (NicSpec spec : specs) {
            if (spec.isNone()) {
                continue;
            }
            int number = onNetwork.merge(spec.kind(), 1, Integer::sum) - 1;
            MacAddress mac = spec.mac();
            if (mac == null) {
                mac = before.flatMap(vm -> had(vm, spec.kind(), number))
                        .filter(had -> !taken.contains(had.toString()))
                        .orElseGet(() -> chooser.choose(spec.kind(), name, number, taken));
            }
            taken.add(mac.toString());
            int all = nics.size();
            nics.add(new NicPlan(spec, mac, "net" + all, name + "-" + all, Nic.ETHERNET_MTU));
        }
        return nics;
    }

    /// What is kept of it with the VM.
    Vm.VmNic kept() {
        return new Vm.VmNic(spec.kind(), port, mac.toString());
    }

    /// An address that a VM has is for no other, also while that VM does not run.
    ///
    /// @param others as in [#choose]
    /// @param holder who was given an address on a network
    static void refuseOthersAddresses(
            List<NicSpec> specs,
            Map<String, String> others,
            BiFunction<String, Ipv4Address, Optional<MacAddress>> holder)
            throws Failure {
        for (NicSpec spec : specs) {
            String owner = spec.address() == null
                    ? null
                    : holder.apply(spec.kind(), spec.address())
                            .map(mac -> others.get(mac.toString()))
                            .orElse(null);
            if (owner != null) {
                throw Failure.usage(
                        "the address " + spec.address() + " belongs to the VM '" + owner + "'",
                        "take another ip=, or none; if that VM is not needed: vmlan rm " + owner);
            }
        }
    }

    /// The MAC of its NIC of that number there, unless that one was the user's own choice.
    private static Optional<MacAddress> had(Vm vm, String network, int number) {
        Set<String> wished = new HashSet<>();
        vm.spec().nics().stream()
                .filter(nic -> nic.mac() != null)
                .forEach(nic -> wished.add(nic.mac().toString()));
        return vm.allNics()
                .filter(nic -> nic.network().equals(network))
                .skip(number)
                .findFirst()
                .map(Vm.VmNic::mac)
                .filter(mac -> !wished.contains(mac))
                .map(MacAddress::parse);
    }
}
