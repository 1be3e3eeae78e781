package vmlan.program.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultContentLengthStrategy;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.apache.hc.core5.http.impl.io.ContentLengthInputStream;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestParser;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestWriter;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseWriter;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.apache.hc.core5.http.impl.io.SessionOutputBufferImpl;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import vmlan.program.files.Json;

/// One HTTP connection's messages, by HttpCore's parsers on any pair of streams; the JDK has none for Unix sockets.
///
/// Trust: both ends are processes of the same user, yet every length is bounded.
final class HttpMessages {
    /// The bytes of a TCP connection, as they are.
    private static final String UPGRADE = "tcp";

    private static final int BUFFER = 8192;
    /// The longest body either way: the ports of a full network are some 300 KB of JSON.
    static final int LONGEST_BODY = 4 << 20;

    private static final Http1Config LIMITS = Http1Config.custom()
            .setMaxLineLength(8192)
            .setMaxHeaderCount(64)
            .setMaxEmptyLineCount(4)
            .build();

    private final InputStream in;
    private final OutputStream out;
    private final SessionInputBufferImpl input;
    private final SessionOutputBufferImpl output = new SessionOutputBufferImpl(BUFFER);

    HttpMessages(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
        this.input = new SessionInputBufferImpl(BUFFER, LIMITS.getMaxLineLength());
    }

    /// A request and whether the peer wants the connection to go on after it.
    record Incoming(ControlRequest request, boolean keepAlive, boolean wantsUpgrade) {}

    /// @return null at the end of the stream
    Incoming readRequest() throws IOException, HttpException {
        ClassicHttpRequest request = new DefaultHttpRequestParser(LIMITS).parse(input, in);
        if (request == null) {
            return null;
        }
        URI uri;
        try {
            uri = request.getUri();
        } catch (URISyntaxException e) {
            throw new ProtocolException("the request's address makes no sense: " + e.getMessage());
        }
        List<String> path = new ArrayList<>();
        for (String part : uri.getRawPath().split("/", -1)) {
            if (!part.isEmpty()) {
                path.add(decoded(part));
            }
        }
        Map<String, String> query = new LinkedHashMap<>();
        if (uri.getRawQuery() != null) {
            for (String pair : uri.getRawQuery().split("&", -1)) {
                int equals = pair.indexOf('=');
                query.put(
                        decoded(equals < 0 ? pair : pair.substring(0, equals)),
                        equals < 0 ? "" : decoded(pair.substring(equals + 1)));
            }
        }
        if (request.containsHeader("Expect")) {
            output.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII), out);
            output.flush(out);
        }
        Map<String, Object> body = readBody(request, false);
        return new Incoming(
                new ControlRequest(request.getMethod(), path, query, body),
                !has(request, "Connection", "close"),
                has(request, "Connection", "upgrade") && has(request, "Upgrade", UPGRADE));
    }

    /// Whether a header's list (RFC 9110 §5.6.1) has a word.
    private static boolean has(HttpMessage head, String header, String word) {
        for (Header found : head.getHeaders(header)) {
            for (String part : found.getValue().split(",", -1)) {
                if (part.strip().equalsIgnoreCase(word)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Whether bytes came behind the message that was read.
    boolean hasMore() {
        return input.hasBufferedData();
    }

    /// What comes behind the message that was read.
    InputStream rest() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                return input.read(in);
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return length == 0 ? 0 : input.read(bytes, offset, length, in);
            }
        };
    }

    private static String decoded(String text) throws ProtocolException {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("'%s' is not properly encoded", text);
        }
    }

    void writeResponse(ControlResponse response, boolean keepAlive) throws IOException, HttpException {
        BasicClassicHttpResponse head = new BasicClassicHttpResponse(response.status());
        head.setHeader("Connection", keepAlive ? "keep-alive" : "close");
        write(head, response.body(), () -> new DefaultHttpResponseWriter().write(head, output, out));
    }

    ControlResponse readResponse() throws IOException, HttpException {
        ClassicHttpResponse response = new DefaultHttpResponseParser(LIMITS).parse(input, in);
        if (response == null) {
            throw new IOException("the connection ended before the answer");
        }
        if (response.getCode() == ControlResponse.SWITCHING) {
            return new ControlResponse(response.getCode(), Map.of(), null, null);
        }
        return new ControlResponse(response.getCode(), readBody(response, true), null, null);
    }

    void writeRequest(String method, String path, Map<String, Object> body, boolean upgrade)
            throws IOException, HttpException {
        BasicClassicHttpRequest head = new BasicClassicHttpRequest(method, path);
        head.setHeader("Host", "vmlan");
        if (upgrade) {
            head.setHeader("Connection", "Upgrade");
            head.setHeader("Upgrade", UPGRADE);
        }
        write(head, body, () -> new DefaultHttpRequestWriter().write(head, output, out));
    }

    private interface HeadWriter {
        void write() throws IOException, HttpException;
    }

    private void write(HttpMessage head, Map<String, Object> body, HeadWriter writer)
            throws IOException, HttpException {
        byte[] content = (Json.compact(body) + "\n").getBytes(StandardCharsets.UTF_8);
        head.setHeader("Content-Type", "application/json");
        head.setHeader("Content-Length", content.length);
        writer.write();
        output.write(content, out);
        output.flush(out);
        out.flush();
    }

    private Map<String, Object> readBody(HttpMessage head, boolean response) throws IOException, HttpException {
        long length = DefaultContentLengthStrategy.INSTANCE.determineLength(head);
        InputStream body;
        if (length == ContentLengthStrategy.CHUNKED) {
            body = new ChunkedInputStream(input, in, LIMITS);
        } else if (length >= 0) {
            body = new ContentLengthInputStream(input, in, length);
        } else if (response) {
            throw new ProtocolException("an answer without a length");
        } else {
            return Map.of();
        }
        if (length > LONGEST_BODY) {
            throw new ProtocolException("a body of more than " + LONGEST_BODY + " bytes");
        }
        byte[] content = body.readNBytes(LONGEST_BODY + 1);
        if (content.length > LONGEST_BODY) {
            throw new ProtocolException("a body of more than " + LONGEST_BODY + " bytes");
        }
        if (content.length == 0) {
            return Map.of();
        }
        try {
            return Json.object(content);
        } catch (IOException e) {
            throw new ProtocolException("the body is not a JSON object: " + firstLine(e));
        }
    }

    private static String firstLine(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
