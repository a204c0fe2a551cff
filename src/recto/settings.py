"""The settings: what `recto.toml` and the environment may say, read once."""

import json
import os
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from recto.document.errors import BadSettings
from recto.document.limits import Limits

Task = Literal["classify", "extract", "answer"]

DEFAULTS: Final = Limits()
USUAL_FILE: Final = "recto.toml"


class Table(BaseModel):
    """A table of settings. A name in it that there is not is a mistake, as it is above all tables."""

    model_config = ConfigDict(extra="forbid")


def listed(given: Any) -> Any:
    """`rules`, `layoutlm, rules` and `["layoutlm", "rules"]` as lists, as they stand in the environment."""
    if not isinstance(given, str):
        return given
    if given.lstrip().startswith("["):
        return json.loads(given)
    return [name.strip() for name in given.split(",") if name.strip()]


Names = Annotated[list[str], NoDecode, BeforeValidator(listed)]


class LimitSettings(Table):
    """How much of a document is taken on; see `Limits`."""

    file_bytes: int = DEFAULTS.file_bytes
    image_bytes: int = DEFAULTS.image_bytes
    pages: int = DEFAULTS.pages
    page_pixels: int = DEFAULTS.page_pixels
    page_seconds: float = DEFAULTS.page_seconds
    child_bytes: int = DEFAULTS.child_bytes


class BatchSettings(Table):
    """How the work of several callers is done together."""

    size: int = Field(default=1, gt=0, description="So many pages or documents are enough to begin; 1: each alone.")
    delay: float = Field(default=0.02, ge=0, description="Seconds that the first waits for others.")


class GatewaySettings(Table):
    """What the HTTP door asks of callers and grants them. 0 stands for no limit."""

    open: bool = Field(default=False, description="Answer other machines though there are no keys.")
    hosts: list[str] = Field(default=[], description="Names that it answers to; `*.example.com` for all below one.")
    session_hours: float = Field(default=12.0, gt=0, description="How long a browser stays logged in.")
    jobs: int = Field(default=10_000, ge=0, description="Jobs of one owner that may wait or run.")
    queue: int = Field(default=100_000, ge=0, description="Jobs of everybody that may wait.")
    pages_a_day: int = Field(default=0, ge=0, description="Pages of one owner in a day of UTC.")
    at_once: int = Field(default=2, gt=0, description="Documents that are classified or extracted at the same time.")
    waiting: int = Field(default=64, ge=0, description="How many more may wait for that.")
    body_bytes: int = Field(default=64 * 1024 * 1024, gt=0, description="The largest body that is no form.")
    drain: float = Field(default=30.0, ge=0, description="Seconds that a stopping server gives to what it has begun.")


class FetchSettings(Table):
    """Which URLs are fetched for a caller, and how long that may take."""

    hosts: list[str] | None = Field(default=None, description="Only these names.")
    ports: list[int] = Field(default=[80, 443], description="Only these ports.")
    seconds: float = Field(default=30.0, gt=0, description="For all of one URL.")
    redirects: int = Field(default=5, ge=0, description="At most so many.")


class WebhookSettings(Table):
    """Where messages may be sent, how often that is tried, and what is kept of it."""

    hosts: list[str] | None = Field(default=None, description="Only to these names.")
    ports: list[int] = Field(default=[80, 443], description="Only to these ports.")
    private: bool = Field(default=False, description="Also to addresses that are not public: for tests at home.")
    seconds: float = Field(default=15.0, gt=0, description="How long a receiver may take to answer.")
    most: int = Field(default=20, gt=0, description="Webhooks of one owner.")
    first: float = Field(default=10.0, ge=0, description="Seconds at most before the second try; each further thrice.")
    longest: float = Field(default=43_200.0, gt=0, description="Seconds at most between two tries.")
    span: float = Field(default=259_200.0, ge=0, description="Seconds after which a message is given up.")
    grace: int = Field(default=86_400, ge=0, description="Seconds for which an old secret signs beside the new one.")
    keep_days: int = Field(default=30, gt=0, description="How long messages that are over are kept.")


class MemorySettings(Table):
    """How much of what engines said is remembered."""

    days: float = Field(default=90.0, ge=0, description="How long an answer is kept.")
    megabytes: float = Field(default=2000.0, ge=0, description="So much is kept at most; the oldest goes first.")


class InspectSettings(Table):
    """The answers of `/layoutlm_inference`, which are made beforehand."""

    pool: int = Field(default=20, gt=0, description="How many documents' answers are held.")
    batch: int = Field(default=3, gt=0, description="How many are made anew each time.")
    minutes: int = Field(default=5, ge=0, le=59, description="How long until the next time; 0 never.")
    fresh: int = Field(default=60, ge=0, description="Seconds for which a client need not ask again.")
    stale: int = Field(default=600, ge=0, description="Seconds more for which it may show the old one while it asks.")
    origins: list[str] = Field(default=[], description="Other sites whose pages may read them; `*` for all.")


class Settings(BaseSettings):
    """Read once, from `recto.toml` (or the file that RECTO_CONFIG names) and the environment, which wins."""

    model_config = SettingsConfigDict(env_prefix="RECTO_", env_nested_delimiter="__", extra="forbid")

    home: Path = Field(default_factory=lambda: Path.home() / ".recto", description="Where everything lives by default.")
    database: str = Field("", description="`sqlite:///…` or `postgresql://…`; a file under the home by default.")
    blobs: str = Field("", description="`file:///…`, `s3://…`, `gs://…`, `az://…`; a folder of the home by default.")
    queue: str = Field("database", description="`database`, `sqs://…` carrying job ids only, or `dynamodb://table`.")
    labels: str = Field("database", description="Where labels are kept: `database`, or `dynamodb://table`.")
    ocr: str = Field("rapidocr", description="The OCR engine.")
    classifier: Names = Field(["layout", "rules"], description="Classifiers; the first that can run answers.")
    labeller: Names = Field(["layoutlm", "rules"], description="Labellers; the first that can run answers.")
    classify: Names = Field([], description="Who judges a document at once; that of `classifier` by default.")
    extract: Names = Field([], description="Who extracts at once; that of `labeller` by default.")
    answer: Names = Field(["lines"], description="Who answers questions about a document.")
    model: str = Field("", description="A bundle's URL, or one with bundles below it: the newest good one labels.")
    engines: dict[str, dict[str, Any]] = Field({}, description="A table for each engine: its constructor's arguments.")
    kinds: Names = Field([], description="Kinds of one's own: TOML files, or `module:Class`.")
    batch: BatchSettings = Field(BatchSettings(), description="Work of several callers done together.")
    limits: LimitSettings = Field(LimitSettings(), description="How much of a document is taken on.")
    encryption_keys: list[SecretStr] = Field(
        [], description="Fernet keys that readings are kept under; the first seals, all of them open."
    )
    memory: MemorySettings = Field(MemorySettings(), description="What is remembered of what engines said.")
    long_side: int = Field(2000, gt=0, description="Pixels on the long side of a page rendered for OCR.")
    host: str = Field("127.0.0.1", description="The address that `recto serve` listens on.")
    port: int = Field(8000, ge=0, le=65535, description="The port that `recto serve` listens on.")
    gateway_api_key: SecretStr | None = Field(None, validation_alias="GATEWAY_API_KEY", description="One key for all.")
    runpod_api_key: SecretStr | None = Field(None, validation_alias="RUNPOD_API_KEY", description="RunPod's key.")
    runpod_classify_endpoint: str = Field(
        "", validation_alias="RUNPOD_CLASSIFY_ENDPOINT", description="An endpoint's id or URL that classifies first."
    )
    runpod_extract_endpoint: str = Field(
        "", validation_alias="RUNPOD_EXTRACT_ENDPOINT", description="An endpoint's id or URL that extracts first."
    )
    runpod_timeout: float = Field(
        300.0, gt=0, validation_alias="RUNPOD_TIMEOUT", description="Seconds that a job of RunPod may take."
    )
    runpod_max_retries: int = Field(
        3, ge=0, validation_alias="RUNPOD_MAX_RETRIES", description="How often RunPod is asked again."
    )
    gateway: GatewaySettings = Field(GatewaySettings(), description="What callers may do.")
    inspect: InspectSettings = Field(InspectSettings(), description="Answers made beforehand.")
    fetch: FetchSettings = Field(FetchSettings(), description="Which URLs are fetched.")
    webhooks: WebhookSettings = Field(WebhookSettings(), description="Messages about what happens.")
    rate_limit_requests: int = Field(
        1200, ge=0, validation_alias="RATE_LIMIT_REQUESTS", description="Requests of an owner in a window; 0: any."
    )
    rate_limit_window: int = Field(
        60, gt=0, validation_alias="RATE_LIMIT_WINDOW", description="Seconds that such a window lasts."
    )
    rate_limit_store: str = Field("memory://", description="`memory://`, or `redis://…` for several servers.")
    traces: str = Field("", description="Where OpenTelemetry traces go: the URL of an OTLP endpoint.")
    log_level: str = Field("INFO", validation_alias="LOG_LEVEL", description="DEBUG, INFO, WARNING or ERROR.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = TomlConfigSettingsSource(settings_cls, settings_file())
        return init_settings, env_settings, file

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.home.expanduser().absolute() / 'recto.db'}"

    @property
    def blobs_url(self) -> str:
        return self.blobs or (self.home.expanduser().absolute() / "blobs").as_uri()

    def chain(self, task: Task) -> list[str]:
        """Engines of a task by name, in order; an endpoint of RunPod before the others."""
        own = {
            "classify": self.classify or self.classifier,
            "extract": self.extract or self.labeller,
            "answer": self.answer,
        }[task]
        remote = f"runpod-{task}"
        return [remote, *own] if self.endpoint(remote) and remote not in own else own

    def endpoint(self, name: str) -> str:
        """The endpoint of RunPod behind `runpod-classify` or `runpod-extract`; none for other names."""
        return {"runpod-classify": self.runpod_classify_endpoint, "runpod-extract": self.runpod_extract_endpoint}.get(
            name, ""
        )

    def table(self, name: str) -> dict[str, Any]:
        """An engine's table: its constructor's arguments, and under `engine` which one it is if not by its name."""
        if name in self.engines or not self.endpoint(name):
            return dict(self.engines.get(name, {}))
        key = self.runpod_api_key.get_secret_value() if self.runpod_api_key else ""
        return {
            "engine": "runpod",
            "endpoint": self.endpoint(name),
            "api_key": key,
            "timeout": self.runpod_timeout,
            "tries": self.runpod_max_retries + 1,
        }


def settings(**given: Any) -> Settings:
    """The settings, `given` ones first. Raises BadSettings, which names what is wrong and where."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise BadSettings("; ".join(map(said, error.errors()))) from error
    except SettingsError as error:
        raise BadSettings(f"{error}: {error.__cause__}.") from error
    except TOMLDecodeError as error:
        raise BadSettings(f"{settings_file()}: {error}") from error


def said(wrong: ErrorDetails) -> str:
    """`limits.pages: Input should be …`."""
    what = "there is no such setting" if wrong["type"] == "extra_forbidden" else wrong["msg"]
    return f"{'.'.join(map(str, wrong['loc']))}: {what}"


def settings_file() -> Path:
    """`recto.toml`, which need not be there, or what RECTO_CONFIG names. Raises BadSettings where that is no file."""
    file = Path(os.environ.get("RECTO_CONFIG") or USUAL_FILE)
    if str(file) != USUAL_FILE and (file.is_dir() or not file.exists()):
        raise BadSettings(f"RECTO_CONFIG: there is no file {str(file)!r}")
    return file
