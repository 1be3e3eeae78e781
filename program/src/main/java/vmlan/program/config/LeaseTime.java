package vmlan.program.config;

/// How long a lease is: `12h`.
public final class LeaseTime {
    /// Shorter ones would make guests ask all the time, longer ones never; a client waits for some seconds alone
    /// (RFC 2131 §4.4.1).
    private static final int LEAST = 60;

    private static final int MOST = 365 * 24 * 3600;

    private LeaseTime() {}

    /// @return seconds
    /// @throws IllegalArgumentException when it has another form
    public static int parse(String text) {
        if (!text.matches("[1-9][0-9]{0,7}[smhd]")) {
            throw new IllegalArgumentException("'" + text + "' is no time such as 12h");
        }
        long number = Long.parseLong(text.substring(0, text.length() - 1));
        long seconds = switch (text.charAt(text.length() - 1)) {
            case 's' -> number;
            case 'm' -> number * 60;
            case 'h' -> number * 3600;
            default -> number * 24 * 3600;
        };
        if (seconds < LEAST || seconds > MOST) {
            throw new IllegalArgumentException("'" + text + "' is not from 1m to 365d");
        }
        return (int) seconds;
    }

    /// What [#parse] takes, in the largest unit that fits.
    public static String text(int seconds) {
        if (seconds % (24 * 3600) == 0) {
            return seconds / (24 * 3600) + "d";
        }
        if (seconds % 3600 == 0) {
            return seconds / 3600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
