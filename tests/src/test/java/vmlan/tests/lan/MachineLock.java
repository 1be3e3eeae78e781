package vmlan.tests.lan;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What the tests change of the whole machine, they change one after the other: two of their processes run at once.
public final class MachineLock implements AutoCloseable {
    private final FileChannel channel;

    private MachineLock(FileChannel channel) {
        this.channel = channel;
    }

    /// Waits for it.
    public static MachineLock take() throws IOException {
        FileChannel channel = FileChannel.open(
                Path.of(System.getProperty("java.io.tmpdir"), "vmlan-tests.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        channel.lock();
        return new MachineLock(channel);
    }

    /// Gives the lock back, which goes with the file's descriptor.
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
