# Two stages: the first installs the package and checks the data, the second holds only what runs.
# A registry that can be reached gives the digest of the base image: pin it (FROM python:…@sha256:…) where you build.
FROM python:3.11-slim-bookworm AS build
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY src src
COPY ontology ontology
COPY data data
COPY queries queries
RUN python -m venv /opt/hct-kg \
    && /opt/hct-kg/bin/pip install --no-cache-dir --constraint constraints.txt . \
    && /opt/hct-kg/bin/hct-kg validate

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="hct-kg" \
    org.opencontainers.image.description="A knowledge graph whose every claim carries its evidence" \
    org.opencontainers.image.licenses="MIT AND CC-BY-4.0"
# The service must not be process 1: the workers of a zygote that was killed are reaped by whoever is.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libseccomp2=2.5.* tini=0.19.* \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --no-create-home --uid 10001 hct-kg
COPY --from=build /opt/hct-kg /opt/hct-kg
USER 10001
ENV PATH=/opt/hct-kg/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    HCT_KG_HOST=0.0.0.0 \
    HCT_KG_PORT=8000
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["tini", "-s", "--"]
CMD ["hct-kg", "serve"]
