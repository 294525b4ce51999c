"""The one settings file, `hub.yaml`: every key is documented here, and each can be overridden by an environment variable.

`HUB_DATA=/var/lib/hub` sets `data`, `HUB_SECURITY__PASSWORD=…` sets `security.password`. A relative path begins at the folder of
the file in which it is written, in the environment at the current one.
"""

import os
import ssl
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    YamlConfigSettingsSource,
)

from benefit_hub.values.errors import CatalogueError, HubError

SETTINGS_FILE = "hub.yaml"
SETTINGS_VARIABLE = "HUB_SETTINGS"
LAST_PORT = 65_535
ADDRESS = r"^(\S+:\d{1,5})?$"


def _with_port(address: str) -> str:
    if address and int(address.rpartition(":")[2]) > LAST_PORT:
        raise ValueError(f"a port is at most {LAST_PORT}")
    return address


class Security(BaseModel):
    """How to reach a Kafka that asks who comes. The same keys reach confluent-kafka, Faust's aiokafka and kafka-python."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """Encrypted or not, with a password or not."""
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """How the password is proved, where the protocol begins with SASL."""
    username: str = ""
    """Who we are there."""
    password: SecretStr = SecretStr("")
    """Better in the environment (HUB_SECURITY__PASSWORD) than in a file."""
    ca_file: Path | None = None
    """PEM file of the authorities that sign the brokers' certificates; the system's own where unset."""
    certificate_file: Path | None = None
    """PEM file of our own certificate, where brokers ask for one."""
    key_file: Path | None = None
    """PEM file of its private key."""
    key_password: SecretStr = SecretStr("")
    """What opens the private key; better in the environment, too."""
    check_hostname: bool = True
    """Whether a broker's certificate must bear the name under which it was reached."""

    @property
    def sasl(self) -> bool:
        """Whether a user name and a password are sent."""
        return self.protocol.startswith("SASL")

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted."""
        return self.protocol.endswith("SSL")


class SchemaRegistry(BaseModel):
    """Where publishers and subscribers find our schemas: at the hub's own endpoint, or at an external registry."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    listen: str = Field(default="127.0.0.1:8081", pattern=ADDRESS)
    """Address of the endpoint, host:port; port 0 takes a free one, empty serves none. Of several workers on one machine one
    serves, and when it ends another takes over. It asks nobody who comes: beyond this machine, put a proxy before it."""
    url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    """An external registry, which the hub asks at its start whether it knows our schemas under our ids; then the hub serves
    none. Empty: SCHEMA_REGISTRY_URL, else the hub's own."""
    username: str = ""
    """Who we are there, where it asks."""
    password: SecretStr = SecretStr("")
    """Better in the environment (HUB_REGISTRY__PASSWORD) than in a file."""
    ca_file: Path | None = None
    """PEM file of the authorities that sign its certificate; the system's own where unset."""

    @field_validator("listen")
    @classmethod
    def _port(cls, value: str) -> str:
        return _with_port(value)


class Watching(BaseModel):
    """Where and how a worker tells how it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    listen: str = Field(default="127.0.0.1:8082", pattern=ADDRESS)
    """Address of /livez, /readyz and /metrics of the worker in slot 0, host:port; the next slot has the next port, and so on.
    Port 0 takes a free one, empty serves none. It asks nobody who comes, and tells nothing of persons."""

    @field_validator("listen")
    @classmethod
    def _port(cls, value: str) -> str:
        return _with_port(value)

    def address(self, slot: int) -> str:
        """Where the worker in this slot listens; empty for nowhere."""
        host, _, port = self.listen.rpartition(":")
        return f"{host}:{int(port) + slot}" if self.listen and int(port) else self.listen


class SettingsFile(YamlConfigSettingsSource):
    """What the file says; what it says of relative paths is meant from where it lies, not from where somebody stands."""

    def __call__(self) -> dict[str, Any]:
        """The values of the file. A data folder that is not named is beside the file, too."""
        told = {"data": str(self.settings_cls.model_fields["data"].default), **super().__call__()}
        return {name: self._placed(value, self.settings_cls, name) for name, value in told.items()}

    def _placed(self, value: Any, model: type[BaseModel], name: str) -> Any:
        """The value of a field, whole where it is a path; what has another shape is left for its check to tell."""
        field = model.model_fields.get(name)
        kind: Any = None if field is None else field.annotation
        if isinstance(value, dict) and isinstance(kind, type) and issubclass(kind, BaseModel):
            return {inner: self._placed(each, kind, inner) for inner, each in value.items()}
        if Path not in (kind, *get_args(kind)):
            return value
        if get_origin(kind) is tuple:
            parts = value.split(os.pathsep) if isinstance(value, str) else value
            return [self._whole(part) for part in parts] if isinstance(parts, list) else value
        return self._whole(value)

    def _whole(self, path: Any) -> Any:
        return str(Path(str(self.yaml_file_path)).parent / path) if isinstance(path, str) and path else path


class Settings(BaseSettings):
    """Everything that differs between places where the hub runs. Durations and sizes carry their unit in their name."""

    model_config = SettingsConfigDict(
        env_prefix="HUB_", env_nested_delimiter="__", extra="forbid", frozen=True, use_attribute_docstrings=True
    )
    _file: ClassVar[Path | None] = None

    bootstrap: str = ""
    """Brokers, `host:port,host:port`. Empty: KAFKA_BOOTSTRAP, else the local Kafka that `hub up` left standing in `data`."""
    security: Security = Field(default_factory=Security)
    """How to log in there."""
    registry: SchemaRegistry = Field(default_factory=SchemaRegistry)
    """The schema registry."""
    watch: Watching = Field(default_factory=Watching)
    """How workers are watched."""
    log_format: Literal["text", "json"] = "text"
    """How workers log: lines for people, or one JSON object a line. Neither tells keys or contents of records."""
    data: Path = Path("hub-data")
    """Folder of this machine: pseudonym key, slots, local stores, view. Stores and view can be made again, the key cannot.
    Relative paths begin at this file."""
    policies: Annotated[tuple[Path, ...], NoDecode] = ()
    """Further folders of policy packs, read beside those that are installed; in the environment separated as in PATH."""
    former_books: dict[str, str] = {}
    """Policy books in force that an earlier release named otherwise: the hash by which each was activated, and the hash of the
    book of today that says the same; a worker that misses one names both. That they say the same is for whoever answers for
    the law to find."""
    story_time: bool = False
    """Demo and tests only: the header hub-story-received-at stands for broker time, and packs of assumed law are allowed."""
    topic_prefix: str = Field(default="", pattern=r"^[a-z0-9.-]*$")
    """Put before every topic, group and transactional id, so that several hubs can share a Kafka."""
    slot: int | None = Field(default=None, ge=0)
    """Which slot of the data folder a worker takes: its stores, its transactional ids. Unset: the first that is free."""
    transaction_timeout_ms: int = Field(default=5_000, ge=1_000, le=900_000)
    """After this a broker aborts the transaction of a worker that went silent; until then readers wait behind it."""
    session_timeout_ms: int = Field(default=6_000, ge=6_000, le=300_000)
    """After this a silent worker's partitions go to others."""
    commit_interval_ms: int = Field(default=1_000, ge=10)
    """How often a processor without new records commits that it has read past what was only marked or aborted."""
    batch_records_max: int = Field(default=5_000, ge=1)
    """Greatest number of records in one transaction; small while there is no backlog."""
    batch_target_ms: int = Field(default=500, ge=10)
    """What is done in one transaction should not take longer; batches grow and shrink towards it."""
    sweep_budget: int = Field(default=2_000, ge=1)
    """Greatest number of keys that a sweep takes in one transaction; small at first, until it is known how long keys take."""
    store_memory_mib: int = Field(default=64, ge=8)
    """Memory for the local stores of one worker, caches and write buffers of all its processors together."""
    stalled_after_ms: int = Field(default=60_000, ge=1_000)
    """A worker ends when records wait for so long, brokers answer, and nothing is committed: something in it hangs. At least
    twice `transaction_timeout_ms` counts."""
    prefetch_mib: int = Field(default=16, ge=1)
    """How much each processor fetches ahead of what it works at. With `store_memory_mib` and `batch_records_max` it bounds the
    memory of a worker, whatever waits."""
    prefetch_records: int = Field(default=20_000, ge=1)
    """How many records each processor fetches ahead; the client counts headers here alone, and not in `prefetch_mib`."""
    replication_factor: int = Field(default=1, ge=1)
    """Replicas of the topics that `hub topics apply` creates: 3 on a cluster, 1 on the local Kafka. All but one of them must
    have a record before it is acknowledged (`min.insync.replicas`)."""

    @field_validator("policies", mode="before")
    @classmethod
    def _folders(cls, value: Any) -> Any:
        return tuple(part for part in value.split(os.pathsep) if part) if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the program says, then the environment, then the file."""
        del dotenv_settings, file_secret_settings
        file = SettingsFile(settings_cls, cls._file) if cls._file else None
        return (init_settings, env_settings, *([file] if file else []))

    def topic(self, logical: str) -> str:
        """The Kafka topic of a logical name."""
        return f"{self.topic_prefix}{logical}.v1"

    def logical(self, topic: str) -> str:
        """The logical name of a Kafka topic of ours."""
        return topic.removeprefix(self.topic_prefix).removesuffix(".v1")

    def group(self, name: str) -> str:
        """The consumer group of a processor or reader."""
        return f"{self.topic_prefix}hub.{name}"


def load_settings(file: Path | None = None, **overrides: Any) -> Settings:
    """Read the settings: from `file`, else where HUB_SETTINGS points, else from `hub.yaml` here if there is one.

    Raises CatalogueError that names the key, what was expected, and where it stands.
    """
    chosen = file or (Path(os.environ[SETTINGS_VARIABLE]) if os.environ.get(SETTINGS_VARIABLE) else None)
    if chosen is not None and not chosen.is_file():
        raise CatalogueError(f"{chosen}: no such settings file; `hub init` writes one")
    path = chosen or (Path(SETTINGS_FILE) if Path(SETTINGS_FILE).is_file() else None)
    reader: type[Settings] = type("Settings", (Settings,), {"_file": path})
    try:
        return reader(**overrides)
    except ValidationError as trouble:
        told = "; ".join(
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in trouble.errors(include_input=False)
        )
        raise CatalogueError(f"{path or 'environment (HUB_…)'}: {told}") from None
    except yaml.YAMLError as trouble:
        raise CatalogueError(f"{path}: not YAML: {trouble}") from None


def confluent_config(settings: Settings, bootstrap: str) -> dict[str, str | int | bool]:
    """Where and how confluent-kafka connects."""
    security = settings.security
    config: dict[str, str | int | bool] = {
        "bootstrap.servers": bootstrap,
        "client.id": "benefit-hub",
        "reconnect.backoff.ms": 250,
        "security.protocol": security.protocol,
    }
    if security.sasl:
        config |= {
            "sasl.mechanism": security.mechanism,
            "sasl.username": security.username,
            "sasl.password": security.password.get_secret_value(),
        }
    if security.tls:
        files = {
            "ssl.ca.location": security.ca_file,
            "ssl.certificate.location": security.certificate_file,
            "ssl.key.location": security.key_file,
        }
        config |= {name: str(file) for name, file in files.items() if file is not None}
        if security.key_password.get_secret_value():
            config["ssl.key.password"] = security.key_password.get_secret_value()
        config["ssl.endpoint.identification.algorithm"] = "https" if security.check_hostname else "none"
    return config


def kafka_python_config(settings: Settings, bootstrap: str) -> dict[str, Any]:
    """Where and how kafka-python connects."""
    security = settings.security
    config: dict[str, Any] = {
        "bootstrap_servers": bootstrap.split(","),
        "client_id": "benefit-hub",
        "security_protocol": security.protocol,
    }
    if security.sasl:
        config |= {
            "sasl_mechanism": security.mechanism,
            "sasl_plain_username": security.username,
            "sasl_plain_password": security.password.get_secret_value(),
        }
    if security.tls:
        config["ssl_context"] = tls_context(security)
    return config


def tls_context(security: Security) -> ssl.SSLContext:
    """The TLS settings as Faust's aiokafka and kafka-python take them. Raises HubError for a file that cannot be read."""
    try:
        context = ssl.create_default_context(cafile=None if security.ca_file is None else str(security.ca_file))
        context.check_hostname = security.check_hostname
        if security.certificate_file is not None:
            context.load_cert_chain(
                security.certificate_file, security.key_file, security.key_password.get_secret_value() or None
            )
    except OSError as trouble:
        raise HubError(
            f"security.ca_file, certificate_file or key_file cannot be read as PEM: {trouble}; mend the settings file"
        ) from trouble
    return context
