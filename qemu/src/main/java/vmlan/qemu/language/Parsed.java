package vmlan.qemu.language;

/// What came of reading an option's text.
///
/// @param settings as much as could be read
/// @param tree the same, nested; null where the text is wrong
/// @param error QEMU's text; null where nothing is wrong
public record Parsed(Settings settings, Tree tree, String error) {}
