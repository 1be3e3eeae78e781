package vmlan.program.message;

/// One thing that is wrong in a file.
///
/// @param line from 1
/// @param column from 1
/// @param remedy what is accepted there, or what to do
public record Problem(int line, int column, String what, String remedy) {
    /// @param file its name
    public String text(String file) {
        return file + ":" + line + ":" + column + ": " + what + "; " + remedy;
    }
}
