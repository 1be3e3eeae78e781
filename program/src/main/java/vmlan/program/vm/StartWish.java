package vmlan.program.vm;

import java.nio.file.Path;
import java.util.List;
import vmlan.program.publish.PublishRule;

/// What the user wants to start.
///
/// @param name null for a default
/// @param directory that paths in arguments for QEMU are relative to
/// @param published in place of the spec's; null for these
public record StartWish(String name, VmSpec spec, Path directory, List<PublishRule> published) {
    public StartWish(String name, VmSpec spec) {
        this(name, spec, Path.of("").toAbsolutePath(), null);
    }

    /// A VM that is there, as it was told to be.
    static StartWish again(Vm vm, List<PublishRule> published) {
        return new StartWish(vm.name(), vm.spec(), vm.directory(), published);
    }
}
