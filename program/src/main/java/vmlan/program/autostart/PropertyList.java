package vmlan.program.autostart;

import java.util.List;
import java.util.Map;

/// A property list in XML, as launchd reads it. Pure. Read plist(5) first.
final class PropertyList {
    private static final String INDENT = "    ";

    private PropertyList() {}

    /// @param content of texts, booleans, lists of texts and such maps; its order stays
    /// @throws IllegalArgumentException a text has a character that XML has no way to write
    static String of(Map<String, ?> content) {
        StringBuilder text = new StringBuilder("""
                <?xml version="1.0" encoding="UTF-8"?>
                <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
                <plist version="1.0">
                """);
        append(text, "", content);
        return text.append("</plist>\n").toString();
    }

    private static void append(StringBuilder text, String indent, Object value) {
        switch (value) {
            case String string ->
                text.append(indent).append("<string>").append(escaped(string)).append("</string>\n");
            case Boolean flag -> text.append(indent).append(flag ? "<true/>\n" : "<false/>\n");
            case List<?> list -> {
                text.append(indent).append("<array>\n");
                list.forEach(each -> append(text, indent + INDENT, each));
                text.append(indent).append("</array>\n");
            }
            case Map<?, ?> map -> {
                text.append(indent).append("<dict>\n");
                map.forEach((key, each) -> {
                    text.append(indent)
                            .append(INDENT)
                            .append("<key>")
                            .append(escaped(key.toString()))
                            .append("</key>\n");
                    append(text, indent + INDENT, each);
                });
                text.append(indent).append("</dict>\n");
            }
            default -> throw new IllegalArgumentException("no property list has a " + value.getClass());
        }
    }

    private static String escaped(String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a control character");
        }
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
