"""What machine this is, and what processes on it cost."""

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

MIB_KIB = 1024


def machine() -> dict[str, Any]:
    """What figures depend on. Nothing that names the machine or its owner."""
    return {
        "cpu": _line("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": os.cpu_count(),
        "memory_mib": int((_line("/proc/meminfo", "MemTotal") or "0 kB").split()[0]) // MIB_KIB,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "benefit_hub": version("benefit-hub"),
        "confluent_kafka": version("confluent-kafka"),
        "load_average": round(os.getloadavg()[0], 2),
    }


def cpu_s(pids: Sequence[int]) -> float:
    """CPU seconds that these processes have taken so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_mib(pids: Sequence[int]) -> list[int]:
    """The most memory that each process ever used."""
    return [int((_line(f"/proc/{pid}/status", "VmHWM") or "0 kB").split()[0]) // MIB_KIB for pid in pids]


def _line(file: str, name: str) -> str:
    """What a file of `name: value` lines says; empty where it does not."""
    path = Path(file)
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
