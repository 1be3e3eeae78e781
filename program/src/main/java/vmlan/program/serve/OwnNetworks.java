package vmlan.program.serve;

import java.io.IOException;
import java.util.Collection;
import java.util.Optional;
import vmlan.program.config.DefinedName;
import vmlan.program.config.NetworkMode;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// Networks that are one VM's own, `user-VM-N`: nobody else comes onto them, and they go when it goes.
public final class OwnNetworks {
    private final Places places;
    private final Networks networks;

    public OwnNetworks(Places places, Networks networks) {
        this.places = places;
        this.networks = networks;
    }

    /// @param names of networks that a VM is to be on
    /// @throws Failure one of them is another VM's own
    public void refuseOthers(String vm, Collection<String> names) throws Failure {
        for (String name : names) {
            Optional<String> owner = DefinedName.owner(name);
            if (owner.isPresent()
                    && !owner.get().equals(vm)
                    && networks.wanted(name).mode() == NetworkMode.USER) {
                throw Failure.usage(
                        "the network " + name + " is the VM " + owner.get() + "'s own",
                        "take a network that VMs share, such as --net shared or --net private");
            }
        }
    }

    /// Forgets those of a VM. The caller holds the VM, which is on none of them now.
    ///
    /// @param but those that it keeps
    public void remove(String vm, Collection<String> but) throws Failure {
        try {
            for (String name : Networks.known(places)) {
                boolean isIts = DefinedName.owner(name).filter(vm::equals).isPresent() && !but.contains(name);
                // networks.yaml may have a network of the name by now: the file's are the user's
                if (isIts && networks.wanted(name).mode() == NetworkMode.USER) {
                    new NetworkRemoval(places, networks).remove(name);
                }
            }
        } catch (IOException e) {
            throw Failure.world("cannot list the networks: " + Places.reason(e), "check the state folder", e);
        }
    }
}
