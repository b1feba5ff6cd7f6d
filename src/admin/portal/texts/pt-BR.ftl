# The portal in Brazilian Portuguese. Every language has the same texts with the same values, which a test keeps.

add = Adicionar
add-new = Adicionar
addons = Produtos adicionais
address = Endereço
ago-days = { $count ->
    [one] há { $count } dia
   *[other] há { $count } dias
}
ago-hours = { $count ->
    [one] há { $count } hora
   *[other] há { $count } horas
}
ago-minutes = { $count ->
    [one] há { $count } minuto
   *[other] há { $count } minutos
}
ago-now = agora mesmo
ahead-days = { $count ->
    [one] em { $count } dia
   *[other] em { $count } dias
}
ahead-hours = { $count ->
    [one] em { $count } hora
   *[other] em { $count } horas
}
ahead-minutes = { $count ->
    [one] em { $count } minuto
   *[other] em { $count } minutos
}
ahead-seconds = { $count ->
    [one] em { $count } segundo
   *[other] em { $count } segundos
}
as-browser = Conforme o navegador
as-system = Conforme o sistema
assign = Atribuir
assign-device = Atribuir aparelho
assign-device-about = O telefone é configurado automaticamente. Pode ficar vazio e ser feito depois.
block = Bloquear
block-or-remove = Bloquear ou remover
browser = Navegador
cancel = Cancelar
change-password = Alterar senha
choose = Escolha
code = Código do aplicativo autenticador
count-extensions = { $count ->
    [one] { $count } ramal
   *[other] { $count } ramais
}
count-phones = { $count ->
    [one] { $count } telefone
   *[other] { $count } telefones
}
current-password = Senha atual
days-left = { $count ->
    [one] Falta { $count } dia.
   *[other] Faltam { $count } dias.
}
device = Aparelho
device-name = Nome do aparelho
devices = Aparelhos
devices-in-use = { $count } com linhas em uso
devices-unused = { $count } sem uso
dids = Números DDR
dids-assigned = { $count ->
    [one] { $count } atribuído
   *[other] { $count } atribuídos
}
dids-free = { $count } sem uso
done-extension-added = O ramal foi criado.
done-extension-blocked = O ramal está bloqueado.
done-extension-removed = O ramal foi removido; sua vaga está livre.
done-extension-unblocked = O ramal funciona novamente.
done-line-assigned = A linha foi atribuída. O telefone a recebe na próxima busca.
done-line-released = A linha está livre.
done-look = Salvo.
done-password = A senha foi alterada; suas outras sessões foram encerradas.
done-saved = Salvo.
done-second-factor = A partir de agora entrar exige também um código.
done-second-factor-removed = Agora basta a senha para entrar.
done-session = A sessão foi encerrada.
effect-no-phones = Nenhum telefone usa este ramal, então nenhum recebe outro arquivo.
effect-phones = { $count ->
    [one] Salvar dá a { $count } telefone outro arquivo; ele é chamado a buscá-lo.
   *[other] Salvar dá a { $count } telefones outro arquivo; eles são chamados a buscá-lo.
}
error-blocked-by-operator = O operador o bloqueou, e só ele pode desbloquear.
error-broken = A página não pôde ser criada. O operador encontra o motivo no registro.
error-changed = Outra pessoa alterou isto nesse meio-tempo. Veja e decida novamente.
error-code-needed = Digite o código que seu aplicativo autenticador mostra.
error-code-refused = O código não pertence a esta chave agora. Veja se o relógio do seu celular está certo.
error-device-exists = Você já tem um aparelho com este endereço MAC.
error-device-not-found = Não há aparelho com este endereço MAC. Adicione-o primeiro.
error-extension-already-carried = Outro telefone já usa este ramal; o produto não permite mais. Libere aquela linha primeiro.
error-forbidden = Você não pode fazer isto. Pergunte ao seu administrador.
error-license-expired = A licença venceu e sua tolerância terminou em { $day }. Peça uma nova ao seu operador.
error-license-in-grace = A licença venceu: até { $day } os telefones continuam funcionando, mas nada pode ser adicionado.
error-license-not-yet-valid = A licença começa em { $day }; antes disso nada pode ser adicionado.
error-license-undecidable = A licença não pode ser verificada agora, por isso nenhuma vaga pode ser ocupada. O operador precisa corrigir isso.
error-line-beyond-model = O telefone tem menos linhas. Escolha um número menor.
error-line-taken = Esta linha já está em uso. Escolha outra ou libere-a primeiro.
error-mac-unavailable = Este aparelho não pode ser adicionado aqui. Se o telefone é seu, pergunte ao operador.
error-no-license = Nenhuma licença está instalada, por isso nada pode ser adicionado. Peça uma ao seu operador.
error-no-seat-left = { $product }: { $used } de { $limit } vagas estão em uso. Escolha outro produto, remova um ramal ou peça mais ao seu operador.
error-nowhere = Não há nada aqui, ou você não pode ver.
error-number-taken = Este número já está em uso. Escolha outro.
error-other = Isto não foi feito: { $detail }
error-password-refused = 12 a 128 caracteres, e não o nome.
error-product-unknown = A licença não tem o produto “{ $product }”.
error-sign-in-refused = O nome, a senha ou o código está errado, ou você não pode entrar daqui.
error-sip-user-taken = Este número já está em uso como usuário SIP. Escolha outro.
error-too-many-attempts = { $seconds ->
    [one] Muitas tentativas falharam. Tente novamente em { $seconds } segundo.
   *[other] Muitas tentativas falharam. Tente novamente em { $seconds } segundos.
}
error-too-many-lines = Mais telefones o usam do que o novo plano permite. Libere algumas linhas primeiro.
error-unavailable = O banco de dados não responde. Nada foi alterado; tente novamente em instantes.
extension = Ramal
extension-add = Adicionar ramal
extension-block-about = Um ramal bloqueado mantém sua vaga; seus telefones perdem a linha na próxima busca. Remover libera a vaga.
extension-name = Nome
extension-number = Número do ramal
extension-remove = Remover ramal
extension-remove-ask = { $count ->
    [0] Remover o ramal { $number }? Sua vaga fica livre e sua conta SIP deixa de existir.
    [one] Remover o ramal { $number }? { $count } linha que o usa é liberada, sua vaga fica livre e sua conta SIP deixa de existir.
   *[other] Remover o ramal { $number }? { $count } linhas que o usam são liberadas, sua vaga fica livre e sua conta SIP deixa de existir.
}
extensions-with-phones = { $count } com telefone
extensions-without-phones = { $count } sem
failure-title = Não deu certo
hint-device-name = De um aparelho novo; vazio, é formado por fabricante e endereço MAC.
hint-mac = No verso do telefone, por exemplo 80:5E:C0:00:01:01. Escolha um dos seus aparelhos ou digite um novo.
hint-mac-known = Um dos seus aparelhos, por endereço MAC ou nome.
hint-product = Após cada produto: usado / limite. O que está esgotado não pode ser escolhido.
in-sync = Sincronia
language = Idioma
last-request = Última solicitação
last-seen = Visto por último
last-used = Último uso
license = Licença
license-expired = Vencida em { $day }. As linhas ficam retidas até a renovação.
license-grace = Vencida. Os telefones continuam funcionando até { $day }; nada pode ser adicionado.
license-none = Nenhuma licença está instalada, por isso nada pode ser adicionado. Peça uma ao seu operador.
license-not-yet = Válida a partir de { $day }.
license-undecidable = A licença não pode ser verificada agora. Os telefones mantêm o que têm; nada pode ser adicionado até que o operador corrija isso.
license-valid = Válida até { $day }.
license-waits = A próxima licença começa em { $day }.
line = Linha
line-after-mac = Após o endereço MAC
line-n = linha { $line }
line-release = Liberar
line-release-ask = Liberar esta linha? O telefone a perde na próxima busca e a senha SIP é renovada.
look = Idioma e aparência
mac = Endereço MAC
main-product = Produto principal
main-product-badge = PRODUTO PRINCIPAL
menu = Menu
menu-extensions = Ramais
menu-overview = Visão geral
menu-own = Conta própria
menu-tenants = Clientes
model = Modelo
model-shows-itself = O telefone o mostra por si só
more-rows = Mais
name = Nome
never-seen = nunca
new-password = Nova senha
new-password-again = Nova senha mais uma vez
no-addons = A licença não tem produto adicional para ramais.
no-extensions = Ainda não há ramais.
no-limit = Sem limite
no-phone-carries = Nenhum telefone o usa ainda.
no-phones-booting = Nenhum telefone perguntou nos últimos cinco minutos.
no-tenants = Ainda não há clientes.
not-licensed = Não licenciado
nothing-found = Nada foi encontrado.
number = Número
outcome = Resultado
outcome-refused = Recusado
outcome-served = Recebeu seu arquivo
outcome-unchanged = Já tem seu arquivo
password = Senha
phones-booting = Telefones que estão iniciando
phones-left-behind = { $count ->
    [one] { $count } telefone tem um arquivo antigo e não busca o novo.
   *[other] { $count } telefones têm arquivos antigos e não buscam os novos.
}
phones-of-extension = Telefones que o usam
phones-waiting = { $count ->
    [one] { $count } telefone é chamado a buscar seu novo arquivo.
   *[other] { $count } telefones são chamados a buscar seus novos arquivos.
}
price-month = { $amount }/mês
price-once = { $amount } uma vez
price-year = { $amount }/ano
product = Produto
profile = Perfil próprio
reveal = Mostrar
rule-extension-number = 1 a 5 dígitos.
rule-line = Uma linha é um número a partir de 1.
rule-mac = Um endereço MAC tem 12 caracteres de 0 a 9 e A a F.
rule-missing = Isto é necessário.
rule-name = Até 32 caracteres.
rule-password = 12 a 128 caracteres, e não o nome.
rule-product = Escolha um produto da lista.
rule-same-password = As duas senhas não são iguais.
save = Salvar
search = Procurar
search-extensions = Número, nome ou produto
second-factor = Segundo fator
second-factor-key = Ou digite esta chave:
second-factor-off = Para entrar basta a senha. Um código de um aplicativo no seu celular torna isso muito mais seguro.
second-factor-on = Para entrar é preciso um código do seu aplicativo autenticador.
second-factor-picture = Código QR da chave abaixo
second-factor-remove = Remover segundo fator
second-factor-scan = Leia esta imagem com um aplicativo autenticador e digite o código que ele mostra. Antes disso nada muda.
second-factor-set = Configurar segundo fator
session-end = Encerrar
sessions = Sessões
short-name = Nome curto
sign-in = Entrar
sign-out = Sair
signed-in-at = Entrada
sip-account = Conta SIP
sip-domain = Domínio SIP
sip-password = Senha SIP
sip-user = Usuário SIP
skip-to-content = Ir para o conteúdo
state = Estado
state-blocked = Bloqueado
state-expired = Licença vencida
state-no-license = Sem licença
state-not-yet-valid = Licença ainda não válida
state-product-missing = Produto não licenciado
state-seats-exceeded = Retido: sem vaga
state-undecidable = Indecidível
state-works = Funciona
sync-asked = Foi chamado
sync-cannot-be-asked = Não alcançável
sync-did-not-fetch = Não buscou
sync-fetched = Em dia
sync-never-fetched = Nunca buscou
sync-wanted = Será chamado
tab-device = Aparelho
tab-extension = Ramal
tab-plan = Plano
terms = Condições
terms-limited-each = até { $count }, { $amount } cada
terms-limited-together = até { $count } por { $amount }
terms-unlimited-each = ilimitado, { $amount } cada
terms-unlimited-together = ilimitado por { $amount }
theirs-now = Outra pessoa alterou nesse meio-tempo. Agora está: { $value }
theme = Cores
theme-dark = Escuro
theme-light = Claro
this-session = Esta
to-first-page = Para a primeira página
to-first-rows = Para o início
unblock = Desbloquear
unlimited = Ilimitado
usage = Uso
used-of-limit = Usado / limite
user-name = Nome
withheld-seats = { $count ->
    [one] { $count } retido
   *[other] { $count } retidos
}
