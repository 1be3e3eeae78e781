package vmlan.program;

final class Placeholder {
    private Placeholder() {}
}
