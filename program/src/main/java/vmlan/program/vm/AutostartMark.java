package vmlan.program.vm;

import vmlan.program.message.Failure;

/// Remembers of a VM that it starts by itself, for `vmlan autostart` and `vmlan rm`.
public final class AutostartMark {
    private final VmStore store;

    public AutostartMark(VmStore store) {
        this.store = store;
    }

    public void set(String name, boolean on) throws Failure {
        try (VmLocks.Held held = store.take(name, "changing")) {
            store.write(store.known(name).withAutostart(on));
        }
    }
}
