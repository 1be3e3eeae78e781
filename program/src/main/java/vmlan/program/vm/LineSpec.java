package vmlan.program.vm;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vmlan.program.files.Fields;

/// A QEMU command line that is a VM, as it was typed.
///
/// @param words the program's name and its arguments
/// @param engine whether its `user` networks are vmlan's
/// @param directory where it was typed, which its paths are relative to
public record LineSpec(List<String> words, boolean engine, Path directory) {
    public LineSpec {
        words = List.copyOf(words);
    }

    /// Null where there is none.
    static LineSpec of(Fields fields) {
        List<String> words = fields.texts("words");
        return words.isEmpty()
                ? null
                : new LineSpec(
                        words,
                        fields.flag("engine"),
                        fields.optionalText("directory").map(Path::of).orElse(Path.of("/")));
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("words", words);
        json.put("engine", engine);
        json.put("directory", directory.toString());
        return json;
    }
}
