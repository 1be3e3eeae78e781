package vmlan.qemu.tool;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// What the system said, without the Java around it: some of its exceptions have a path for a message and no word
/// of what was wrong.
public final class SystemWords {
    private SystemWords() {}

    public static String of(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException file when file.getReason() != null -> file.getReason();
            case NoSuchFileException missing -> missing.getFile() + " does not exist";
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    /// The same with the file that it was about, where the sentence has not named it.
    public static String withFile(IOException e) {
        return e instanceof FileSystemException file && file.getFile() != null && !of(e).contains(file.getFile())
                ? file.getFile() + ": " + of(e)
                : of(e);
    }
}
