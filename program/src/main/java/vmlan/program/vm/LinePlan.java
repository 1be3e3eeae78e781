package vmlan.program.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import vmlan.packet.MacAddress;
import vmlan.program.config.Isolation;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.NetworkMode;
import vmlan.program.config.NetworkName;
import vmlan.program.config.UplinkChoice;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.publish.PublishRule;
import vmlan.program.serve.Networks;
import vmlan.qemu.AcceleratorProbe;
import vmlan.qemu.Qemu;
import vmlan.qemu.translation.LineFacts;
import vmlan.qemu.translation.Plug;
import vmlan.qemu.translation.ServedNic;
import vmlan.qemu.translation.Translation;

/// A QEMU command line that is about to be started.
///
/// Two monitors are all that is added to it, by a file for `-readconfig`: of `-mon` and `-qmp` on the command line QEMU
/// concludes that its own default monitor is not wanted (system/vl.c, default_monitor), and the terminal would be
/// another than that of plain QEMU.
///
/// @param spec as it was wished for, without networks
/// @param notes what is worth to know before it starts
/// @param background whether it has no terminal to be in
record LinePlan(
        Qemu qemu,
        AcceleratorProbe.Chosen accelerator,
        VmSpec spec,
        LineFacts facts,
        Translation translation,
        List<String> notes,
        boolean background)
        implements StartPlan {

    @Override
    public VmSpec spec(String name) throws Failure {
        List<NicSpec> nics = new ArrayList<>();
        for (ServedNic nic : translation.nics()) {
            nics.add(new NicSpec(
                    networks().name(nic.network(), name, nics.size()),
                    nic.mac() == null ? null : MacAddress.parse(nic.mac()),
                    null,
                    nic.isolated() ? Isolation.ON : Isolation.AS_THE_NETWORK,
                    UplinkChoice.NONE));
        }
        return spec.withNics(nics);
    }

    @Override
    public String usualName() {
        return facts.name()
                .map(VmNaming::label)
                .or(() -> facts.disk().map(Path::getFileName).map(VmNaming::nameOf))
                .orElse("qemu");
    }

    /// The networks that its NICs are to be on, whether they are known yet or not.
    List<NetworkName> networks(String name, Networks networks) throws Failure {
        List<NetworkName> names = new ArrayList<>();
        for (ServedNic nic : translation.nics()) {
            Optional<NetworkBlock> block = networks().definition(nic.network(), name, names.size());
            names.add(
                    block.isPresent()
                            ? block.get().name()
                            : networks.wanted(networks().name(nic.network(), name, names.size())));
        }
        return names;
    }

    @Override
    public void defineNetworks(String name, Networks networks) throws Failure {
        defineNetworks(name, networks, mode -> true);
    }

    /// Makes known those of the networks that it describes whose modes are wanted.
    void defineNetworks(String name, Networks networks, Predicate<NetworkMode> wanted) throws Failure {
        for (int number = 0; number < translation.nics().size(); number++) {
            Optional<NetworkBlock> block =
                    networks().definition(translation.nics().get(number).network(), name, number);
            if (block.isPresent() && wanted.test(block.get().name().mode())) {
                networks.define(block.get());
            }
        }
    }

    @Override
    public String device(int number, NicPlan nic) {
        return translation.nics().get(number).device();
    }

    @Override
    public List<PublishRule> published(int number) throws Failure {
        return networks().published(translation.nics().get(number));
    }

    private LineNetworks networks() {
        return new LineNetworks(spec.line().directory());
    }

    @Override
    public Path pidFile(String name, Path directory, VmStore store) {
        return facts.value("pidfile").map(directory::resolve).orElseGet(() -> store.pidFile(name));
    }

    @Override
    public void writeFiles(String name, List<NicPlan> nics, VmStore store) throws IOException, Failure {
        Files.writeString(
                store.folder(name).resolve(VmStore.MONITORS),
                monitor("vmlan-qmp", store.qmpSocket(name))
                        + monitor("vmlan-qmp-network", store.networkQmpSocket(name)));
    }

    /// In the form that QEMU util/qemu-config.c reads, which knows no way to write a quote in a value.
    private static String monitor(String id, Path socket) throws Failure {
        if (socket.toString().contains("\"")) {
            throw Failure.usage(
                    "the folder for sockets, " + socket.getParent()
                            + ", has a quote in its name, which QEMU cannot be told",
                    "set VMLAN_HOME to another folder");
        }
        return """
                [chardev "%1$s"]
                  backend = "socket"
                  path = "%2$s"
                  server = "on"
                  wait = "off"

                [mon "%1$s"]
                  mode = "control"
                  chardev = "%1$s"

                """.formatted(id, socket);
    }

    @Override
    public List<String> commandLine(String name, List<NicPlan> nics, Places places, VmStore store) {
        List<Plug> plugs = new ArrayList<>();
        for (NicPlan nic : nics) {
            // whoever starts a network makes its folder; who only asks what would be run leaves none
            Path socket = places.socketIfAny(nic.spec().kind(), nic.port() + ".sock");
            plugs.add(new Plug(nic.mac().toString(), socket, nic.mtu()));
        }
        List<String> line = new ArrayList<>(List.of(qemu.binary().toString()));
        line.addAll(translation.words(plugs));
        line.addAll(List.of(
                "-readconfig", store.folder(name).resolve(VmStore.MONITORS).toString()));
        boolean needsPid = background || facts.has("daemonize");
        if (needsPid && facts.value("pidfile").isEmpty()) {
            line.addAll(List.of("-pidfile", store.pidFile(name).toString()));
        }
        return line;
    }
}
