package vmlan.program.vm;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// The guest's serial console, joined to the terminal or to plain streams.
public final class Console implements AutoCloseable {
    /// Ctrl-], as telnet and virsh have it.
    private static final int LEAVE = 0x1d;

    private final SocketChannel guest;

    private Console(SocketChannel guest) {
        this.guest = guest;
    }

    public static Console connect(Path socket, String vm) throws Failure {
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                return new Console(channel);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw Failure.world(
                    "the console of " + vm + " cannot be reached: " + Places.reason(e),
                    "see whether it runs: vmlan ps",
                    e);
        }
    }

    /// How a console session ended.
    public enum End {
        /// The user left; the VM goes on.
        LEFT,
        /// QEMU closed the console.
        VM_ENDED
    }

    /// Joins the console to the terminal in raw mode, so that every key but Ctrl-] is the guest's. Blocks.
    public End attachToTerminal() throws IOException {
        try (Terminal terminal =
                TerminalBuilder.builder().system(true).nativeSignals(false).build()) {
            Attributes before = terminal.enterRawMode();
            Attributes raw = new Attributes(terminal.getAttributes());
            // Ctrl-C and the like are the guest's, and what it prints has its own carriage returns.
            raw.setLocalFlag(Attributes.LocalFlag.ISIG, false);
            raw.setOutputFlag(Attributes.OutputFlag.OPOST, false);
            terminal.setAttributes(raw);
            try {
                return join(terminal.input(), terminal.output(), true);
            } finally {
                terminal.setAttributes(before);
            }
        }
    }

    /// Copies the console to a stream until the VM ends, and what comes from `in` to the guest. Blocks.
    public End attachTo(InputStream in, OutputStream out) throws IOException {
        return join(in, out, false);
    }

    private End join(InputStream in, OutputStream out, boolean keys) throws IOException {
        End[] end = {End.VM_ENDED};
        Thread typing = Thread.ofPlatform().name("console input").daemon().start(() -> {
            if (type(in, keys)) {
                end[0] = End.LEFT;
                closeQuietly();
            }
        });
        byte[] bytes = new byte[8192];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            while (guest.read(buffer.clear()) >= 0) {
                out.write(bytes, 0, buffer.position());
                out.flush();
            }
        } catch (ClosedChannelException e) {
            return end[0];
        } finally {
            typing.interrupt();
        }
        return End.VM_ENDED;
    }

    /// @return whether the user left
    private boolean type(InputStream in, boolean keys) {
        byte[] bytes = new byte[1024];
        try {
            int count;
            while ((count = in.read(bytes)) >= 0) {
                int send = count;
                for (int i = 0; keys && i < count; i++) {
                    if (bytes[i] == LEAVE) {
                        send = i;
                        break;
                    }
                }
                ByteBuffer left = ByteBuffer.wrap(bytes, 0, send);
                while (left.hasRemaining()) {
                    guest.write(left);
                }
                if (send < count) {
                    return true;
                }
            }
        } catch (IOException e) {
            // The VM ended, or the terminal did; the reader of the console sees which.
        }
        return false;
    }

    private void closeQuietly() {
        try {
            guest.close();
        } catch (IOException e) {
            // The other thread's read ends all the same.
        }
    }

    @Override
    public void close() {
        closeQuietly();
    }
}
