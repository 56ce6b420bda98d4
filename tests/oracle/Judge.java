import java.io.File;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.FileOutputStream;
import java.io.FileDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.DataTree;
import org.apache.zookeeper.server.ServerMetrics;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.apache.zookeeper.util.ServiceUtils;

/**
 * Loads many directories with ZooKeeper's own code, one after another in one process: a hundred times faster than a
 * server for each. It is what a standalone server does between its start and its first answer, and nothing of what
 * comes after. Read from standard input: lines of `dataDir TAB logDir`. Written for each: one line of JSON.
 *
 * What it finds is a finding; the verdict is a real server's.
 */
public final class Judge {
    private static final class Exit extends RuntimeException {
        Exit(int code) {
            super("the server would end itself with code " + code);
        }
    }

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, "UTF-8");
        System.setOut(System.err);
        ServiceUtils.setSystemExitProcedure(code -> {
            throw new Exit(code);
        });
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null; ) {
            String[] dirs = line.split("\t");
            out.println(verdict(new File(dirs[0]), new File(dirs[dirs.length - 1])));
            out.flush();
        }
        System.exit(0);
    }

    private static String verdict(File data, File log) {
        StringBuilder b = new StringBuilder();
        long before = ServerMetrics.getMetrics().DIGEST_MISMATCHES_COUNT.get();
        FileTxnSnapLog files = null;
        try {
            files = new FileTxnSnapLog(log, data);
            ZooKeeperServer server = new ZooKeeperServer(files, 10000, "");
            server.startdata();
            DataTree tree = server.getZKDatabase().getDataTree();
            b.append("{\"started\":true,\"zxid\":\"0x").append(Long.toHexString(server.getZKDatabase().getDataTreeLastProcessedZxid()));
            b.append("\",\"digestMismatches\":").append(ServerMetrics.getMetrics().DIGEST_MISMATCHES_COUNT.get() - before);
            b.append(",\"digest\":\"").append(tree.getTreeDigest()).append("\",\"sessions\":{");
            String comma = "";
            for (var e : new TreeMap<>(server.getZKDatabase().getSessionWithTimeOuts()).entrySet()) {
                b.append(comma).append("\"0x").append(Long.toHexString(e.getKey())).append("\":").append(e.getValue());
                comma = ",";
            }
            b.append("},\"tree\":{");
            node(tree, "/", b, "");
            b.append("}}");
        } catch (Throwable e) {
            b.setLength(0);
            b.append("{\"started\":false,\"error\":");
            text(e.toString() + (e.getCause() == null ? "" : " / " + e.getCause()), b);
            b.append("}");
        } finally {
            try {
                if (files != null) {
                    files.close();
                }
            } catch (Exception e) {
                System.err.println(e);
            }
        }
        return b.toString();
    }

    private static void node(DataTree tree, String path, StringBuilder b, String comma) throws Exception {
        Stat s = new Stat();
        byte[] data = tree.getData(path, s, null);
        List<String> children = new ArrayList<>(tree.getChildren(path, s, null));
        Collections.sort(children);
        b.append(comma);
        text(path, b);
        List<ACL> acls;
        try {
            acls = tree.getACL(path, s);
        } catch (RuntimeException e) {
            b.append(":{\"error\":-5}");
            return;
        }
        b.append(":{\"data\":").append(data == null ? "null" : "\"" + Base64.getEncoder().encodeToString(data) + "\"");
        b.append(",\"stat\":{\"czxid\":").append(s.getCzxid()).append(",\"mzxid\":").append(s.getMzxid());
        b.append(",\"ctime\":").append(s.getCtime()).append(",\"mtime\":").append(s.getMtime());
        b.append(",\"version\":").append(s.getVersion()).append(",\"cversion\":").append(s.getCversion());
        b.append(",\"aversion\":").append(s.getAversion()).append(",\"ephemeralOwner\":").append(s.getEphemeralOwner());
        b.append(",\"dataLength\":").append(s.getDataLength()).append(",\"numChildren\":").append(s.getNumChildren());
        b.append(",\"pzxid\":").append(s.getPzxid()).append("},\"acl\":[");
        String between = "";
        for (ACL acl : acls) {
            b.append(between).append("{\"perms\":").append(acl.getPerms()).append(",\"scheme\":");
            text(acl.getId().getScheme(), b);
            b.append(",\"id\":");
            text(acl.getId().getId(), b);
            b.append("}");
            between = ",";
        }
        b.append("],\"children\":[");
        between = "";
        for (String child : children) {
            b.append(between);
            text(child, b);
            between = ",";
        }
        b.append("]}");
        for (String child : children) {
            node(tree, (path.equals("/") ? "" : path) + "/" + child, b, ",");
        }
    }

    private static void text(String s, StringBuilder b) {
        if (s == null) {
            b.append("null");
            return;
        }
        b.append('"');
        for (char c : s.toCharArray()) {
            if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
                b.append(String.format("\\u%04x", (int) c));
            } else {
                b.append(c);
            }
        }
        b.append('"');
    }
}
