package vmlan.host;

final class Placeholder {
    private Placeholder() {}
}
