package vmlan.qemu.language.reading;

/// What an id may be (QEMU util/id.c).
final class Ids {
    static final String WRONG = "Parameter 'id' expects an identifier";
    static final String RULE = "\nIdentifiers consist of letters, digits, '-', '.', '_', starting with a letter.";

    private Ids() {}

    static boolean isGood(String id) {
        return id.matches("[A-Za-z][-A-Za-z0-9._]*");
    }
}
