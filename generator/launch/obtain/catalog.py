"""Every package that the native engine may launch, and each way to it."""

from generator import conventions as c
from generator.launch.obtain.package import Package, Release

_COMMON = "github.com/prometheus/common/version.Version={built}"


def _github(project: str, archive: str, sums: str) -> Release:
    folder = f"{project}/releases/download/v{{version}}"
    return Release(f"{folder}/{archive}", f"{folder}/{sums}")


PACKAGES = {
    package.name: package
    for package in (
        Package(
            c.PROMETHEUS,
            {"prometheus": ("prometheus",), "promtool": ("promtool",)},
            (2, 42, 0),
            _github("prometheus/prometheus", "prometheus-{version}.{os}-{machine}.tar.gz", "sha256sums.txt"),
            ("prometheus", "promtool"),
            module="github.com/prometheus/prometheus@v0.316.0",
            built="3.16.0",
            # No service discovery: it is three quarters of the dependencies, and the stack's targets are static.
            tags="netgo,remove_all_sd",
            stamp=_COMMON,
        ),
        Package(
            c.ALERTMANAGER,
            {"alertmanager": ("alertmanager", "prometheus-alertmanager"), "amtool": ("amtool",)},
            (0, 25, 0),
            _github("prometheus/alertmanager", "alertmanager-{version}.{os}-{machine}.tar.gz", "sha256sums.txt"),
            ("prometheus-alertmanager",),
            assets="/usr/share/prometheus/alertmanager",
            # Newer modules lack the generated user interface, and do not compile without it.
            module="github.com/prometheus/alertmanager@v0.31.1",
            built="0.31.1",
            stamp=_COMMON,
        ),
        Package(
            c.COLLECTOR,
            {"otelcol": ("otelcol-contrib", "otelcol")},
            (0, 150, 0),
            _github(
                "open-telemetry/opentelemetry-collector-releases",
                "otelcol-contrib_{version}_{os}_{machine}.tar.gz",
                "opentelemetry-collector-releases_otelcol-contrib_checksums.txt",
            ),
            module=".",
            built="0.160.0",
            own="collector",
            stamp="main.version={built}",
        ),
        Package(
            c.TEMPO,
            {"tempo": ("tempo",)},
            (3, 0, 0),
            _github("grafana/tempo", "tempo_{version}_{os}_{machine}.tar.gz", "SHA256SUMS"),
        ),
        Package(
            c.JAEGER,
            {"jaeger": ("jaeger",)},
            (2, 10, 0),
            _github(
                "jaegertracing/jaeger",
                "jaeger-{version}-{os}-{machine}.tar.gz",
                "jaeger-{version}-{os}-{machine}.sha256sum.txt",
            ),
            module="github.com/jaegertracing/jaeger/cmd/jaeger",
            built="2.13.0",
            own="jaeger",
            stamp="github.com/jaegertracing/jaeger/internal/version.latestVersion=v{built}",
            version="version",
        ),
        Package(
            c.LOKI,
            {"loki": ("loki", "loki-linux-amd64", "loki-linux-arm64")},
            (3, 7, 0),
            _github("grafana/loki", "loki-{os}-{machine}.zip", "SHA256SUMS"),
        ),
        Package(
            c.VICTORIA_LOGS,
            {"victoria-logs": ("victoria-logs-prod", "victoria-logs")},
            (1, 40, 0),
            _github(
                "VictoriaMetrics/VictoriaLogs",
                "victoria-logs-{os}-{machine}-v{version}.tar.gz",
                "victoria-logs-{os}-{machine}-v{version}_checksums.txt",
            ),
            module="github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs",
            built="1.52.1",
            own="victorialogs",
            stamp="github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version=victoria-logs-v{built}",
        ),
        Package(
            c.GRAFANA,
            {"grafana": ("grafana",)},
            (12, 0, 0),
            # The file's name holds the number of the build, which no version tells.
            Release(
                "grafana/release/{version}/grafana_{version}_34846740809_{os}_{machine}.tar.gz",
                "grafana/release/{version}/grafana_{version}_34846740809_{os}_{machine}.tar.gz.sha256",
                "https://dl.grafana.com",
            ),
        ),
    )
}
CORE = (c.PROMETHEUS, c.ALERTMANAGER)
"""Without these nothing is launched."""
