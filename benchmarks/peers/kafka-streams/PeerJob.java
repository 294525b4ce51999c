import java.nio.ByteBuffer;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * The small job in Kafka Streams: PeerJob BOOTSTRAP SOURCE SINK DATA; works until it is stopped.
 *
 * <p>PEER_SCHEMA holds the Avro schema. The group is called as the sink. Exactly once, one thread, a RocksDB store without a
 * cache in front of it, since that would leave out outputs.
 */
public final class PeerJob {
  private static final String TOTALS = "totals";

  /** Adds up what each person is paid. */
  private static final class Adding implements Processor<byte[], byte[], byte[], byte[]> {
    private final GenericDatumReader<GenericRecord> reader;
    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<byte[], byte[]> totals;
    private BinaryDecoder decoder;
    private GenericRecord said;

    Adding(Schema schema) {
      reader = new GenericDatumReader<>(schema);
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> given) {
      context = given;
      totals = given.getStateStore(TOTALS);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
      try {
        decoder = DecoderFactory.get().binaryDecoder(record.value(), decoder);
        said = reader.read(said, decoder);
      } catch (java.io.IOException trouble) {
        throw new java.io.UncheckedIOException(trouble);
      }
      byte[] before = totals.get(record.key());
      long amount = (before == null ? 0 : ByteBuffer.wrap(before).getLong()) + (Long) said.get("amount");
      byte[] now = ByteBuffer.allocate(16).putLong(amount).putLong((Long) said.get("at")).array();
      totals.put(record.key(), now);
      context.forward(record.withValue(now));
    }
  }

  private PeerJob() {}

  public static void main(String[] given) {
    Schema schema = new Schema.Parser().parse(System.getenv("PEER_SCHEMA"));
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, given[2]);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, given[0]);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, given[3]);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    settings.put("auto.offset.reset", "earliest");

    Topology topology = new Topology();
    topology.addSource(
        "amounts", Serdes.ByteArray().deserializer(), Serdes.ByteArray().deserializer(), given[1]);
    topology.addProcessor("adding", () -> new Adding(schema), "amounts");
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(TOTALS), Serdes.ByteArray(), Serdes.ByteArray())
            .withCachingDisabled(),
        "adding");
    topology.addSink(
        "sink", given[2], Serdes.ByteArray().serializer(), Serdes.ByteArray().serializer(), "adding");

    KafkaStreams streams = new KafkaStreams(topology, settings);
    Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
    streams.start();
  }
}
