package vmlan.program.autostart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;

/// A property list as an XML parser has it, with the elements of Apple's PropertyList-1.0.dtd that are used here.
final class ReadPlist {
    private ReadPlist() {}

    static Map<?, ?> read(String xml) throws Exception {
        // the program itself reads no XML
        ReadPlist.class
                .getModule()
                .addReads(ModuleLayer.boot().findModule("java.xml").orElseThrow());
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        DocumentBuilder builder = factory.newDocumentBuilder();
        Element plist = builder.parse(new InputSource(new StringReader(xml))).getDocumentElement();
        assertThat(plist.getTagName()).isEqualTo("plist");
        assertThat(plist.getAttribute("version")).isEqualTo("1.0");
        List<Element> content = elements(plist);
        assertThat(content).hasSize(1);
        return (Map<?, ?>) value(content.getFirst());
    }

    private static Object value(Element element) {
        List<Element> children = elements(element);
        return switch (element.getTagName()) {
            case "string" -> element.getTextContent();
            case "true" -> true;
            case "false" -> false;
            case "array" -> children.stream().map(ReadPlist::value).toList();
            case "dict" -> {
                Map<String, Object> dict = new LinkedHashMap<>();
                for (int i = 0; i < children.size(); i += 2) {
                    assertThat(children.get(i).getTagName()).isEqualTo("key");
                    assertThat(dict.put(children.get(i).getTextContent(), value(children.get(i + 1))))
                            .as("each key once")
                            .isNull();
                }
                yield dict;
            }
            default -> throw new AssertionError(element.getTagName());
        };
    }

    private static List<Element> elements(Element parent) {
        List<Element> elements = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element) {
                elements.add(element);
            }
        }
        return elements;
    }
}
