package vmlan.tests.nat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;

/// Bytes unlike any others, and their SHA-256. They are made while they are sent: the same for the same seed.
final class Bytes {
    static final long MEGABYTE = 1 << 20;

    private static final int CHUNK = 1 << 16;

    private Bytes() {}

    /// Writes them, and gives their sum.
    static String send(OutputStream out, long seed, long count) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        MessageDigest digest = sha256();
        byte[] chunk = new byte[CHUNK];
        for (long left = count; left > 0; ) {
            random.nextBytes(chunk);
            int n = (int) Math.min(left, CHUNK);
            out.write(chunk, 0, n);
            digest.update(chunk, 0, n);
            left -= n;
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /// Reads to the end of the stream.
    static Received receive(InputStream in) throws IOException {
        MessageDigest digest = sha256();
        byte[] chunk = new byte[CHUNK];
        long count = 0;
        for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
            digest.update(chunk, 0, n);
            count += n;
        }
        return new Received(count, HexFormat.of().formatHex(digest.digest()));
    }

    /// @param sum in hexadecimal digits
    record Received(long count, String sum) {}

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
