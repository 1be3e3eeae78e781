package vmlan.qemu.language.backend;

import java.util.List;
import vmlan.qemu.language.Finding;
import vmlan.qemu.language.NetworkOption;

/// What QEMU says of one backend when it makes it: after its option was parsed well, before the next one is made.
public interface BackendCheck {
    /// What the backend takes, when it can be made, is in the moment's [Taken] then.
    ///
    /// @return in the order in which QEMU says it; an error is the last one
    List<Finding> check(NetworkOption option, Moment moment);
}
