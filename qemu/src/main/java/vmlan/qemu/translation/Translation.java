package vmlan.qemu.translation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vmlan.qemu.Nic;
import vmlan.qemu.QemuException;
import vmlan.qemu.StreamAttachment;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.Finding;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.QemuLine.Argument;
import vmlan.qemu.language.Reading;
import vmlan.qemu.language.Settings;
import vmlan.qemu.language.reading.FileSections;

/// One command line, made for one host.
///
/// QEMU makes its NICs in the order: `-device` of `-netdev`, then every `-nic`, then every `-net nic` (net/net.c,
/// net_init_clients). A served `-nic` becomes a `-netdev` and a `-net nic,netdev=`, which gets the machine's
/// default or on-board NIC as `-nic` does (tried with pc, q35, microvm and isapc of 7.2 and 10.0); so a `-nic`
/// behind it that is not served is cut in two as well, or the guest would find its NICs in another order. For the
/// same reason they go before the first `-net nic` of the line.
public final class Translation {
    private static final Set<String> OF_NIC = Set.of("model", "mac", "id", "type");
    private static final String HOST_MTU = "host_mtu";
    private static final String NO_HOST = "hub %s is not connected to host network";
    /// Of a backend's own id where the line has none.
    private static final String ID = "vmlan";

    private final Reading reading;
    private final FileSections files;
    private final Dialect dialect;
    private final Target target;
    private final Cables cables;
    private final List<ServedNic> nics = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<Piece> pieces = new ArrayList<>();
    /// Of `-nic` behind a `-net nic`: what goes before that.
    private final List<Piece> early = new ArrayList<>();
    /// What goes to the end.
    private final List<Piece> late = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    /// How many ids of a stem were tried.
    private final Map<String, Integer> tried = new HashMap<>();
    private final IdentityHashMap<Argument, NetworkOption> options = new IdentityHashMap<>();
    private final IdentityHashMap<NetworkOption, NetworkWishes.Wish> wished = new IdentityHashMap<>();
    /// NICs of which the MAC is still to be said, and whose it is.
    private final IdentityHashMap<NetworkOption, Integer> macs = new IdentityHashMap<>();
    /// Devices that can be told the MTU, and whose network's it is.
    private final IdentityHashMap<NetworkOption, Integer> virtios = new IdentityHashMap<>();
    /// What `-set` cannot change any more, as that names it.
    private final Map<String, NetworkOption> gone = new HashMap<>();
    private final Set<String> servedHubs = new HashSet<>();

    private boolean nicWasServed;

    private Translation(Reading reading, FileSections files, Dialect dialect, Target target) throws QemuException {
        this.reading = reading;
        this.files = files;
        this.dialect = dialect;
        this.target = target;
        cables = new Cables(reading.options());
        NetworkWishes wishes = new NetworkWishes(dialect, target, notes);
        for (NetworkOption option : reading.options()) {
            option.id().ifPresent(ids::add);
            options.put(option.at(), option);
            wishes.of(option).ifPresent(wish -> wished.put(option, wish));
        }
    }

    /// @param reading without errors
    /// @param files that the line names
    /// @throws QemuException the line asks for what cannot be served
    public static Translation of(Reading reading, FileSections files, Dialect dialect, Target target)
            throws QemuException {
        Translation translation = new Translation(reading, files, dialect, target);
        translation.translate();
        return translation;
    }

    /// Before QEMU's own words are looked at: they may ask for what only QEMU needs, such as smbd.
    ///
    /// @throws QemuException a `user` of the line wants what vmlan's networks have not
    public static void checkEngineHas(Reading reading) throws QemuException {
        for (NetworkOption option : reading.options()) {
            if (option.type().equals(NetworkWishes.USER)) {
                NetworkWishes.refuseFiles(option.settings());
            }
        }
    }

    /// What can be said to vmlan where that QEMU is: its own networks, and those that are served in its place.
    public static Dialect understood(Dialect dialect) {
        Set<String> served = new HashSet<>(Dialect.SERVABLE);
        served.removeAll(dialect.backends());
        return dialect.serving(served);
    }

    /// The NICs that networks of vmlan's are to be behind.
    public List<ServedNic> nics() {
        return List.copyOf(nics);
    }

    /// What QEMU would say of the line as it was typed, and is true of it as it is run: of a hub it does not count
    /// what is served (net/hub.c, net_hub_check_clients), but the socket that stands in for it.
    public List<Finding> findings() {
        return reading.findings().stream()
                .filter(finding -> servedHubs.stream().map(NO_HOST::formatted).noneMatch(finding.text()::equals))
                .toList();
    }

    /// What became of something else than it says, in words for people.
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /// QEMU's arguments.
    ///
    /// @param plugs one for each of [#nics]
    public List<String> words(List<Plug> plugs) {
        if (plugs.size() != nics.size()) {
            throw new IllegalArgumentException(plugs.size() + " plugs for " + nics.size() + " NICs");
        }
        return pieces.stream().flatMap(piece -> piece.words(plugs).stream()).toList();
    }

    private void translate() throws QemuException {
        InFiles.check(reading.options(), wished);
        Acceleration acceleration = Acceleration.of(reading.line(), files, target);
        List<Argument> arguments = reading.line().arguments();
        int boardNic = placeOfBoardNic(arguments);
        List<List<Piece>> parts = new ArrayList<>();
        for (int at = 0; at < arguments.size(); at++) {
            Argument argument = arguments.get(at);
            NetworkOption option = options.get(argument);
            Optional<SetOption> set = SetOption.of(argument).filter(setting -> gone.containsKey(setting.target()));
            if (set.isPresent()) {
                parts.add(ofGone(set.get()));
            } else if (option == null) {
                parts.add(List.of(Piece.of(acceleration.changes().getOrDefault(at, argument.words()))));
            } else if (option.kind() == NetworkOption.Kind.NIC && at > boardNic) {
                early.addAll(nic(option));
                parts.add(List.of());
            } else {
                parts.add(served(option));
            }
        }
        for (int at = 0; at < parts.size(); at++) {
            pieces.addAll(at == boardNic ? early : List.of());
            pieces.addAll(parts.get(at));
        }
        pieces.add(Piece.of(acceleration.added()));
        addDefaultNic();
        pieces.addAll(late);
        notes.addAll(acceleration.notes());
    }

    /// QEMU's own default network is one of `user`, where the machine has a NIC by itself.
    private void addDefaultNic() throws QemuException {
        boolean hasNone = dialect.machine() != null && dialect.defaultNicModel() == null;
        if (target.engine() && reading.hasDefaultNetwork() && !hasNone) {
            NetworkOption user = new NetworkOption(
                    NetworkOption.Kind.NIC,
                    "user",
                    new Settings(Settings.Syntax.OPTS, List.of(), false),
                    new Argument("nic", "user", List.of("-nic", "user")));
            wished.put(user, new NetworkWishes(dialect, target, notes).of(user).orElseThrow());
            pieces.addAll(nic(user));
        }
    }

    /// Where the first `-net nic` is, or the file that has it; behind the line where there is none.
    private int placeOfBoardNic(List<Argument> arguments) {
        Optional<Argument> first = reading.options().stream()
                .filter(Cables::isBoardNic)
                .map(NetworkOption::at)
                .findFirst();
        for (int at = 0; first.isPresent() && at < arguments.size(); at++) {
            if (isAt(arguments.get(at), first.get())) {
                return at;
            }
        }
        return arguments.size();
    }

    /// Whether an option is there: not only one that is equal, for a line may say the same twice.
    @SuppressWarnings("ReferenceEquality")
    private static boolean isAt(Argument argument, Argument place) {
        return argument == place
                || (place.isInFile()
                        && argument.is("readconfig")
                        && place.words().getFirst().startsWith(argument.value() + ":"));
    }

    private List<Piece> served(NetworkOption option) throws QemuException {
        return switch (option.kind()) {
            case NIC -> nic(option);
            case NETDEV -> netdev(option);
            case NET -> net(option);
            case DEVICE -> asTyped(option);
        };
    }

    /// With a MAC where it is told one. Of the MTU a driver of virtio's learns by its device; `-net nic` has no word
    /// for
    /// it.
    private List<Piece> asTyped(NetworkOption option) {
        Argument typed = option.at();
        String key = macKey(option);
        return List.of(plugs -> {
            String value = typed.value();
            if (macs.containsKey(option)) {
                value = OptionText.adding(
                        value, key, plugs.get(macs.get(option)).mac());
            }
            int mtu =
                    virtios.containsKey(option) ? plugs.get(virtios.get(option)).mtu() : Nic.ETHERNET_MTU;
            if (mtu != Nic.ETHERNET_MTU) {
                value = OptionText.adding(value, HOST_MTU, mtu);
            }
            return value.equals(typed.value())
                    ? typed.words()
                    : List.of(typed.words().getFirst(), value);
        });
    }

    private static boolean asksForMtu(NetworkOption nic) {
        return nic.kind() == NetworkOption.Kind.DEVICE
                && nic.type().startsWith("virtio-net")
                && !nic.settings().has(HOST_MTU)
                && !nic.at().isInFile();
    }

    private static String macKey(NetworkOption nic) {
        return nic.kind() == NetworkOption.Kind.NET ? "macaddr" : "mac";
    }

    /// What `-set` said of an option that is another one now. What it said of a served one was read with it.
    private List<Piece> ofGone(SetOption set) throws QemuException {
        NetworkOption option = gone.get(set.target());
        if (!option.settings().values(set.key()).contains(set.value())) {
            throw QemuException.configuration(
                    "-set " + set.target() + "." + set.key() + " changes a network that vmlan serves",
                    "write " + set.key() + "= where " + set.id() + " is made");
        }
        if (wished.containsKey(option) || OF_NIC.contains(set.key())) {
            return List.of();
        }
        return List.of(Piece.of(List.of("-set", "netdev." + set.id() + "." + set.key() + "=" + set.value())));
    }

    /// It has no place on the line any more.
    private void replace(NetworkOption option, String group) {
        option.id().ifPresent(id -> gone.put(group + "." + id, option));
    }

    private List<Piece> nic(NetworkOption option) {
        NetworkWishes.Wish wish = wished.get(option);
        if (wish == null) {
            boolean cut = nicWasServed
                    && !option.type().equals("none")
                    && !option.settings().help();
            return cut ? cutInTwo(option) : asTyped(option);
        }
        nicWasServed = true;
        replace(option, "nic");
        String id = id(option);
        int number = add(wish, id, id, option.mac().orElse(null));
        String model = option.settings()
                .value("model")
                .map(value -> ",model=" + OptionText.escaped(value))
                .orElse("");
        return List.of(
                stream(id, number),
                Piece.of(number, plug -> List.of("-net", "nic,netdev=" + id + model + ",macaddr=" + plug.mac())));
    }

    /// The same NIC by other words, so that it stays behind the ones before it.
    private List<Piece> cutInTwo(NetworkOption option) {
        replace(option, "nic");
        String id = id(option);
        StringBuilder backend = new StringBuilder(option.type()).append(",id=").append(id);
        List<String> own = OptionText.parts(OptionText.without(option.at().value(), OF_NIC));
        for (int at = 0; at < own.size(); at++) {
            boolean isType = at == 0 && !own.get(at).contains("=");
            backend.append(isType || own.get(at).isEmpty() ? "" : "," + own.get(at));
        }
        StringBuilder nic = new StringBuilder("nic,netdev=").append(id);
        option.settings()
                .value("model")
                .ifPresent(model -> nic.append(",model=").append(OptionText.escaped(model)));
        return List.of(plugs -> {
            String mac = macs.containsKey(option)
                    ? plugs.get(macs.get(option)).mac()
                    : option.mac().orElse(null);
            return List.of("-netdev", backend.toString(), "-net", nic + (mac == null ? "" : ",macaddr=" + mac));
        });
    }

    private List<Piece> netdev(NetworkOption option) throws QemuException {
        NetworkWishes.Wish wish = wished.get(option);
        if (wish == null) {
            return asTyped(option);
        }
        replace(option, "netdev");
        String id = id(option);
        cables.hubOf(id).ifPresent(servedHubs::add);
        return List.of(stream(id, addJoined(wish, id, cables.nicOf(id))));
    }

    /// `-net vmnet-…` is a port of QEMU's hub 0, where `-net nic` is another.
    private List<Piece> net(NetworkOption option) throws QemuException {
        NetworkWishes.Wish wish = wished.get(option);
        if (wish == null) {
            return asTyped(option);
        }
        servedHubs.add(Cables.HUB);
        replace(option, "net");
        String id = id(option);
        int number = addJoined(wish, id, cables.nicOnHub());
        return List.of(
                stream(id, number),
                Piece.of(List.of("-netdev", "hubport,hubid=0,id=" + fresh(id + "-hub") + ",netdev=" + id)));
    }

    /// QEMU gives the same MACs in each process; a VM has its own.
    ///
    /// @param nic that is behind it; empty: none
    private int addJoined(NetworkWishes.Wish wish, String id, Optional<NetworkOption> nic) throws QemuException {
        String device = nic.flatMap(NetworkOption::id).orElse(id);
        int number = add(wish, id, device, nic.flatMap(NetworkOption::mac).orElse(null));
        nic.filter(Translation::asksForMtu).ifPresent(joined -> virtios.put(joined, number));
        if (nic.isPresent() && nic.get().mac().isEmpty()) {
            if (nic.get().at().isInFile()) {
                String key = InFiles.name(nic.get()) + "." + macKey(nic.get());
                late.add(Piece.of(number, plug -> List.of("-set", key + "=" + plug.mac())));
            } else {
                macs.put(nic.get(), number);
            }
        }
        return number;
    }

    private int add(NetworkWishes.Wish wish, String id, String device, String mac) {
        nics.add(new ServedNic(wish.network(), id, device, mac, wish.isolated(), wish.published()));
        return nics.size() - 1;
    }

    private String id(NetworkOption option) {
        return option.id().orElseGet(() -> fresh(ID));
    }

    /// An id that is nobody's.
    private String fresh(String stem) {
        String id = stem;
        while (!ids.add(id)) {
            id = stem + (tried.merge(stem, 1, Integer::sum) + 1);
        }
        return id;
    }

    /// As networks want it; see [vmlan.qemu.StreamAttachment].
    private Piece stream(String id, int number) {
        String attachment = StreamAttachment.of(dialect.version()).words();
        return Piece.of(
                number,
                plug -> List.of(
                        "-netdev",
                        "stream,id=" + id + attachment + ",addr.type=unix,addr.path="
                                + OptionText.escaped(plug.socket().toString())));
    }
}
