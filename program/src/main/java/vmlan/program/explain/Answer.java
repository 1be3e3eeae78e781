package vmlan.program.explain;

/// Whether one reaches another.
///
/// @param note what the word alone does not say; null for nothing
public record Answer(Word word, String note) {
    /// The words of the table.
    public enum Word {
        YES("yes"),
        NO("no"),
        PUBLISHED("only published ports"),
        /// What decides it is not on the command line.
        DEPENDS("depends"),
        /// QEMU does not start.
        NEVER("does not start");

        private final String text;

        Word(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    static final Answer YES = new Answer(Word.YES, null);
    static final Answer NO = new Answer(Word.NO, null);
    static final Answer PUBLISHED = new Answer(Word.PUBLISHED, null);
    static final Answer NEVER = new Answer(Word.NEVER, null);

    static Answer yes(String note) {
        return new Answer(Word.YES, note);
    }

    static Answer no(String note) {
        return new Answer(Word.NO, note);
    }

    static Answer published(String note) {
        return new Answer(Word.PUBLISHED, note);
    }

    static Answer depends(String note) {
        return new Answer(Word.DEPENDS, note);
    }
}
