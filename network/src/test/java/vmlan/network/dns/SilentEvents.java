package vmlan.network.dns;

import vmlan.network.outside.OutsideError;
import vmlan.network.outside.StreamEvents;

/// Listens to nothing.
final class SilentEvents implements StreamEvents {
    @Override
    public void connected(long now) {}

    @Override
    public void failed(OutsideError why, long now) {}

    @Override
    public void readable(long now) {}

    @Override
    public void writable(long now) {}
}
