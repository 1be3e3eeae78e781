package vmlan.program.vm;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import vmlan.program.files.Fields;
import vmlan.program.message.Failure;
import vmlan.program.serve.Networks;
import vmlan.qemu.QemuProcess;

/// Waits for a VM that was started to be attached to its networks: QEMU starts without a link and without a word on
/// many mistakes.
record LinkWait(Networks networks, VmStore store) {
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(15);
    /// QEMU dials as soon as it runs; 8.0 to 9.1 try once a second. A loaded machine needs longer.
    private static final Duration ATTACH_LIMIT = Duration.ofSeconds(20);

    void await(Vm vm) throws Failure {
        for (String network : vm.networks()) {
            await(network, vm.name());
        }
    }

    private void await(String network, String name) throws Failure {
        Fields vm = networks.client(network)
                .send(
                        "GET",
                        "/v1/vms/" + name + "?until=attached&wait=" + ATTACH_LIMIT.toSeconds(),
                        Map.of(),
                        ATTACH_LIMIT.plus(REQUEST_LIMIT));
        Optional<Fields> down = vm.objects("networks").stream()
                .filter(nic -> !nic.flag("attached"))
                .findFirst();
        if (down.isPresent() || vm.objects("networks").isEmpty()) {
            String words = QemuProcess.lastWords(store.folder(name));
            throw Failure.world(
                    words.isEmpty() ? "QEMU of " + name + " started, but its network link stays down" : words,
                    "see what was run: the same command with --dry-run");
        }
    }
}
