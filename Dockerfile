FROM python:3.11-slim
WORKDIR /srv
ENV HF_HUB_OFFLINE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY app.py ./
COPY .streamlit .streamlit
COPY lmcore lmcore
COPY pages pages
COPY checkpoints checkpoints
RUN useradd --create-home reader
USER reader
EXPOSE 8501
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health')"
CMD ["streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.port=8501", "--server.headless=true"]
