package vmlan.qemu;

public final class Placeholder {
    private Placeholder() {}
}
