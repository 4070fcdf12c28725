# The hosted app: see docs/operations.md. Built and run with
#   docker build -t three-readers . && docker run --read-only --tmpfs /tmp -p 8501:8501 three-readers
FROM python:3.11-slim

WORKDIR /srv
# Packages change rarely: these layers are kept when only the app changes. PyTorch comes from its own
# index of processor builds, which saves several gigabytes of libraries for graphics cards.
COPY requirements.txt ./
RUN pip install --no-cache-dir --no-deps --index-url https://download.pytorch.org/whl/cpu \
      "$(grep '^torch==' requirements.txt)" \
 && pip install --no-cache-dir -r requirements.txt

COPY LICENSE ./
COPY checkpoints checkpoints
COPY docs/attribution.md docs/attribution.md
COPY docs/results docs/results
COPY .streamlit .streamlit
COPY lmcore lmcore
COPY pages pages
COPY app.py ./
RUN python -m compileall -q app.py lmcore pages \
 && useradd --uid 1000 --create-home reader \
 && mkdir /models && chown reader /models

# A host with 1 GB has no room for published models. Where they are switched on they stand in /models,
# a volume: it begins with the owner of this folder, so that the user below may write to it.
ENV OMP_NUM_THREADS=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HF_HUB_OFFLINE=1 \
    THREE_READERS_DOWNLOADS=off \
    THREE_READERS_MODELS=none \
    PORT=8501

USER reader
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD python -c "import os, urllib.request as u; \
base = os.environ.get('STREAMLIT_SERVER_BASE_URL_PATH', '').strip('/'); \
u.urlopen('http://127.0.0.1:' + '/'.join(filter(None, [os.environ['PORT'], base, '_stcore/health'])), timeout=4)"
# What is set wrongly stops the container with one sentence before anybody can come.
CMD ["sh", "-c", "python -m lmcore settings && exec streamlit run app.py --server.address=0.0.0.0 --server.port=$PORT --server.headless=true"]
