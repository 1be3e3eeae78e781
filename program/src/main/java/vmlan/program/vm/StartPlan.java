package vmlan.program.vm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.publish.PublishRule;
import vmlan.program.serve.Networks;
import vmlan.qemu.AcceleratorProbe;
import vmlan.qemu.Nic;
import vmlan.qemu.Qemu;

/// What is known of a VM before anything is started, whichever way it was described: by options of `run` or by a QEMU
/// command line.
interface StartPlan {
    Qemu qemu();

    AcceleratorProbe.Chosen accelerator();

    /// What the VM of that name is to be; a network of its own may be called after it.
    VmSpec spec(String name) throws Failure;

    /// The name that it gets where nobody wishes for another; null for the disk's.
    default String usualName() {
        return null;
    }

    /// Makes known the networks that the description itself describes.
    default void defineNetworks(String name, Networks networks) throws Failure {}

    /// What QEMU's `set_link` knows a NIC by.
    default String device(int number, NicPlan nic) {
        return Nic.device(nic.id());
    }

    /// What is to lead to a NIC besides what the spec publishes.
    default List<PublishRule> published(int number) throws Failure {
        return List.of();
    }

    /// Where QEMU writes its process identifier.
    ///
    /// @param directory that paths are relative to
    default Path pidFile(String name, Path directory, VmStore store) {
        return store.pidFile(name);
    }

    /// Makes the VM's own files that QEMU opens.
    void writeFiles(String name, List<NicPlan> nics, VmStore store) throws IOException, Failure;

    List<String> commandLine(String name, List<NicPlan> nics, Places places, VmStore store) throws Failure;
}
