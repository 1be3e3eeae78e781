package vmlan.qemu.language.reading;

import java.util.Optional;
import vmlan.qemu.language.CNumber;

/// `[[domain:]bus:]slot`, in hexadecimal (QEMU hw/pci/pci.c, pci_parse_devaddr).
final class PciAddress {
    private PciAddress() {}

    static boolean isGood(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length > 3) {
            return false;
        }
        for (int i = 0; i < parts.length; i++) {
            Optional<CNumber> number = CNumber.parse(parts[i], 16);
            int fromLast = parts.length - 1 - i;
            long most = fromLast == 0 ? 0x1f : fromLast == 1 ? 0xff : 0xffff;
            if (number.isEmpty() || !number.get().isWhole() || number.get().value() > most) {
                return false;
            }
        }
        return true;
    }
}
