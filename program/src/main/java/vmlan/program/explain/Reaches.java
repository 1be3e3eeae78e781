package vmlan.program.explain;

import java.util.EnumMap;
import java.util.Map;

/// An answer to every relation.
final class Reaches {
    private final Map<Relation, Answer> answers = new EnumMap<>(Relation.class);

    private Reaches() {}

    /// The same to all, until it is said otherwise.
    static Reaches all(Answer answer) {
        Reaches reaches = new Reaches();
        for (Relation relation : Relation.values()) {
            reaches.answers.put(relation, answer);
        }
        return reaches;
    }

    Reaches but(Relation relation, Answer answer) {
        answers.put(relation, answer);
        return this;
    }

    Answer of(Relation relation) {
        return answers.get(relation);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Reaches reaches && answers.equals(reaches.answers);
    }

    @Override
    public int hashCode() {
        return answers.hashCode();
    }
}
