package vmlan.program.explain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An explanation for programs. Texts of the command line are as they were typed.
public final class ExplanationJson {
    private ExplanationJson() {}

    /// `{qemu, options, nics, reaches, needs, findings, better, notes, mistake}`; absent values are null.
    public static Map<String, Object> of(Explanation explanation) {
        Map<String, Object> json = new LinkedHashMap<>();
        Explanation.Target target = explanation.target();
        json.put(
                "qemu",
                object(
                        "program", target.program(),
                        "version", target.version(),
                        "system", target.system().key(),
                        "path", target.path()));
        json.put(
                "options",
                explanation.options().stream().map(ExplanationJson::option).toList());
        json.put("nics", explanation.nics().stream().map(ExplanationJson::nic).toList());
        json.put("reaches", reaches(explanation.nics()));
        json.put(
                "needs",
                explanation.needs().stream()
                        .map(need -> object(
                                "option", need.option(),
                                "qemu", words(need.needs().qemu()),
                                "vmlan", words(need.needs().vmlan())))
                        .toList());
        json.put(
                "findings",
                explanation.findings().stream().map(ExplanationJson::finding).toList());
        json.put(
                "better",
                explanation.better().stream()
                        .map(better -> object("what", better.what(), "line", better.line()))
                        .toList());
        json.put("notes", explanation.notes());
        json.put("mistake", explanation.hasMistake());
        return json;
    }

    private static String words(Needs.Right right) {
        return right == null ? null : right.words();
    }

    private static Map<String, Object> option(Explanation.Option option) {
        return object(
                "option",
                option.option(),
                "kind",
                option.kind(),
                "type",
                option.type(),
                "id",
                option.id(),
                "makes",
                option.role(),
                "what",
                option.what(),
                "settings",
                option.settings().stream()
                        .map(setting -> object(
                                "key", setting.key(),
                                "value", setting.value(),
                                "meaning", setting.meaning(),
                                "default", setting.usual()))
                        .toList());
    }

    private static Map<String, Object> nic(Explanation.Nic nic) {
        Addresses addresses = nic.addresses();
        return object(
                "option",
                nic.option(),
                "model",
                nic.model(),
                "modelTyped",
                nic.modelTyped(),
                "mac",
                nic.mac(),
                "macTyped",
                nic.macTyped(),
                "backend",
                nic.backend(),
                "ipv4",
                addresses.ipv4(),
                "gateway",
                addresses.gateway(),
                "dns",
                addresses.dns(),
                "ipv6",
                addresses.ipv6());
    }

    /// @return a row for each relation of each NIC, which is counted from 1
    private static List<Map<String, Object>> reaches(List<Explanation.Nic> nics) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < nics.size(); i++) {
            for (Explanation.Reach reach : nics.get(i).reaches()) {
                rows.add(object(
                        "nic",
                        i + 1,
                        "from",
                        reach.relation().from(),
                        "to",
                        reach.relation().to(),
                        "qemu",
                        reach.qemu().word().text(),
                        "qemuNote",
                        reach.qemu().note(),
                        "vmlan",
                        reach.vmlan() == null ? null : reach.vmlan().word().text(),
                        "vmlanNote",
                        reach.vmlan() == null ? null : reach.vmlan().note()));
            }
        }
        return rows;
    }

    private static Map<String, Object> finding(FoundMistake finding) {
        return object(
                "severity",
                finding.severity(),
                "qemu",
                finding.qemu(),
                "text",
                finding.text(),
                "do",
                finding.remedy(),
                "option",
                finding.option(),
                "mistake",
                finding.mistake(),
                "printed",
                finding.printed(),
                "elsewhere",
                finding.elsewhere());
    }

    private static Map<String, Object> object(Object... keysAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            object.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return object;
    }
}
