# One image for every PyTune process: `web` unless another command is given.

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /opt/pytune
RUN python -m venv --without-pip /opt/venv
# The requirements alone first: they are installed anew only when they change.
COPY requirements/runtime.txt requirements/
RUN pip --python /opt/venv/bin/python install --require-hashes -r requirements/runtime.txt
COPY pyproject.toml alembic.ini LICENSE README.md ./
COPY alembic alembic/
COPY app app/
COPY jobs jobs/
COPY static static/
COPY templates templates/
# Whoever cloned it may have kept its files to themselves.
RUN pip --python /opt/venv/bin/python install --no-deps --no-build-isolation -e . \
    && python -m compileall -q app jobs \
    && chmod -R a+rX .

FROM python:3.13-slim
LABEL org.opencontainers.image.title="PyTune" \
      org.opencontainers.image.description="Self-hosted music recommendation" \
      org.opencontainers.image.licenses="MIT"
# libgomp is what the training code's OpenMP needs. Debian keeps one version of it at a time.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 pytune \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin pytune \
    && install -d -o pytune -g pytune -m 700 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/pytune /opt/pytune
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OPENBLAS_NUM_THREADS=1 \
    PYTUNE_PROFILE=production \
    PYTUNE_DATA_DIR=/data \
    PYTUNE_HOST=0.0.0.0
USER 10001:10001
# /data and /tmp are all that is written to: the root may be read-only.
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as http; http.urlopen(f'http://127.0.0.1:{os.environ.get(\"PYTUNE_PORT\", 8000)}/healthz', timeout=4)"]
ENTRYPOINT ["pytune"]
CMD ["web"]
